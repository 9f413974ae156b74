/// The parameters of one permessage-deflate element as they were written; offers and responses have the same four.
struct PerMessageDeflateElement: Hashable {
    /// A parameter that may stand without a value.
    enum WindowBits: Hashable {
        case absent, withoutValue
        case value(Int)
    }

    private(set) var serverNoContextTakeover = false
    private(set) var clientNoContextTakeover = false
    private(set) var serverMaxWindowBits: Int?
    private(set) var clientMaxWindowBits = WindowBits.absent

    /// Nil when a parameter is unknown, stands twice, or has a value that it must not have: what both ends have to refuse
    /// (RFC 7692 section 7.1).
    init?(_ parameters: [WebSocketExtensionHeader.Parameter]) {
        for parameter in parameters {
            switch parameter.name {
            case PerMessageDeflateName.serverNoContextTakeover:
                guard !self.serverNoContextTakeover, parameter.value == nil else { return nil }
                self.serverNoContextTakeover = true
            case PerMessageDeflateName.clientNoContextTakeover:
                guard !self.clientNoContextTakeover, parameter.value == nil else { return nil }
                self.clientNoContextTakeover = true
            case PerMessageDeflateName.serverMaxWindowBits:
                guard self.serverMaxWindowBits == nil, let bits = parameter.value.flatMap(Self.windowBits) else { return nil }
                self.serverMaxWindowBits = bits
            case PerMessageDeflateName.clientMaxWindowBits:
                guard self.clientMaxWindowBits == .absent else { return nil }
                guard let value = parameter.value else {
                    self.clientMaxWindowBits = .withoutValue
                    continue
                }
                guard let bits = Self.windowBits(value) else { return nil }
                self.clientMaxWindowBits = .value(bits)
            default:
                return nil
            }
        }
    }

    /// A decimal integer from 8 to 15 without leading zeroes.
    private static func windowBits(_ text: String) -> Int? {
        switch text {
        case "8": 8
        case "9": 9
        case "10": 10
        case "11": 11
        case "12": 12
        case "13": 13
        case "14": 14
        case "15": 15
        default: nil
        }
    }
}
