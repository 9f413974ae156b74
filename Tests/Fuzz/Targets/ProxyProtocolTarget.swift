import NIOCore

@testable import ChatTransport

/// What comes before the handshake where a proxy passes connections on.
enum ProxyProtocolTarget: FuzzTarget {
    static let name = "PROXY protocol"
    static let weight = 9

    static func generate(_ random: inout FuzzRandom) -> [UInt8] {
        [random.byte(), random.byte()] + ProxyHeaderGenerator.header(&random)
    }

    static func run(_ input: inout FuzzInput) throws(Finding) {
        let seed = input.word()
        let bytes = input.rest
        guard !bytes.isEmpty else { return }
        let whole = self.outcome([bytes])
        let cut = self.outcome(Chunks(bytes, seed: seed))
        try check(whole == cut, "the PROXY header depends on how the bytes are cut", "whole: \(whole)\ncut:   \(cut)")
        let reference = ReferenceProxyHeader(Array(bytes))
        switch (whole, reference) {
        case (.needMore, .needMore): try check(bytes.count < 16 + 4096, "a header that is too long is waited for")
        case (.invalid, .invalid): break
        case (.done(let source, let rest), .header(let address, let port, let byteCount)):
            try check(
                Array(rest.readableBytesView) == Array(bytes.dropFirst(byteCount)), "what comes behind the header is not what was sent")
            let bits = address.map { IPAddress(bits: UInt128(bigEndianBytes: $0)) }
            try check(source.flatMap { IPAddress($0) } == bits, "the reference reads another address", "\(whole)")
            try check(source?.port ?? 0 == port, "the reference reads another port", "\(whole)")
        default: throw Finding("the reference reads the PROXY header otherwise", "\(whole)\n\(reference)")
        }
    }

    private static func outcome(_ reads: some Sequence<ArraySlice<UInt8>>) -> ProxyProtocolParser.Result {
        var parser = ProxyProtocolParser()
        var result = ProxyProtocolParser.Result.needMore
        for read in reads {
            switch result {
            case .needMore: result = parser.receive(ByteBuffer(bytes: read))
            case .invalid: return .invalid
            case .done(let source, var rest):
                rest.writeBytes(read)
                result = .done(source: source, rest: rest)
            }
        }
        return result
    }
}
