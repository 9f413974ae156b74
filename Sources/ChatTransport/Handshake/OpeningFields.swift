/// What the fields of a request say of the opening handshake (RFC 6455 section 4.2.1), and of who sends it: read once, from the bytes.
struct OpeningFields: Sendable, Equatable {
    /// Nil if there is none or several.
    private(set) var host: String?
    /// `Upgrade` has `websocket`.
    private(set) var asksForWebSocket = false
    /// `Connection` has `upgrade`.
    private(set) var asksForUpgrade = false
    private(set) var hasVersion13 = false
    /// `Sec-WebSocket-Key`, if it is one: sixteen bytes in Base64.
    private(set) var key: String?
    private(set) var hasBody = false
    /// Several would be one that no policy allows.
    private(set) var origin: String?
    private(set) var forwardedFor: [String] = []
    private(set) var extensions: [String] = []

    private var hosts = 0
    private var versions = 0
    private var keys = 0

    init(_ head: HandshakeHead) {
        head.forEachField { self.read($0, $1) }
        if self.hosts != 1 { self.host = nil }
        if self.versions != 1 { self.hasVersion13 = false }
        if self.keys != 1 { self.key = nil }
    }

    private mutating func read(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        if name.equalsIgnoringCase("host") {
            self.hosts += 1
            self.host = String(decoding: value, as: UTF8.self)
        } else if name.equalsIgnoringCase("upgrade") {
            if value.hasToken("websocket") { self.asksForWebSocket = true }
        } else if name.equalsIgnoringCase("connection") {
            if value.hasToken("upgrade") { self.asksForUpgrade = true }
        } else if name.equalsIgnoringCase("sec-websocket-version") {
            self.versions += 1
            self.hasVersion13 = value.elementsEqual("13".utf8)
        } else if name.equalsIgnoringCase("sec-websocket-key") {
            self.keys += 1
            if Self.isKey(value) { self.key = String(decoding: value, as: UTF8.self) }
        } else if name.equalsIgnoringCase("transfer-encoding") {
            self.hasBody = true
        } else if name.equalsIgnoringCase("content-length") {
            if !value.elementsEqual("0".utf8) { self.hasBody = true }
        } else if name.equalsIgnoringCase("origin") {
            let value = String(decoding: value, as: UTF8.self)
            self.origin = self.origin.map { "\($0), \(value)" } ?? value
        } else if name.equalsIgnoringCase("x-forwarded-for") {
            self.forwardedFor.append(String(decoding: value, as: UTF8.self))
        } else if name.equalsIgnoringCase("sec-websocket-extensions") {
            self.extensions.append(String(decoding: value, as: UTF8.self))
        }
    }

    /// 22 characters of Base64 and the padding.
    private static func isKey(_ key: UnsafeRawBufferPointer) -> Bool {
        guard key.count == 24, key[22] == UInt8(ascii: "="), key[23] == UInt8(ascii: "=") else { return false }
        return key.prefix(22).allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }
}
