import ChatProtocol

@testable import ChatTransport

/// Text that stands for addresses, origins and URLs, and bytes that should be text.
enum AddressTarget: FuzzTarget {
    static let name = "text"
    static let weight = 6

    private static let samples = [
        "192.0.2.7", "::", "::1", "1::", "2001:db8::8:800:200c:417a", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4",
        "10.0.0.0/8", "fd00::/8", "[::1]:80", "https://chat.example.com", "http://[2001:db8::1]:8080", "app.local:1", "wss://h/p?q#f",
        "%41%zz%e2%82%ac",
    ]
    private static let mutation = Mutation(tokens: [":", "::", ".", "0", "[", "]", "/", "%", "255", "ffff", "://", "é", ","])

    static func generate(_ random: inout FuzzRandom) -> [UInt8] {
        var bytes = random.once(in: 4) ? TextGenerator.text(random.below(60), &random) : Array(random.pick(self.samples).utf8)
        if random.below(4) > 0 { self.mutation.apply(to: &bytes, &random) }
        return [random.byte(), random.byte()] + bytes
    }

    static func run(_ input: inout FuzzInput) throws(Finding) {
        let seed = input.word()
        let bytes = Array(input.rest)
        try self.checkUTF8(bytes, seed: seed)
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        try self.checkAddress(text)
        _ = IPNetwork(text).map { network in [IPAddress(v4: 0x0A00_0001), IPAddress(bits: 1)].map(network.contains) }
        if let origin = WebOrigin(text) {
            try check(OriginPolicy.sameHost.allows(origin: text, host: text) == false, "an origin is taken for a host", "\(origin)")
        }
        if let host = HostAndPort(text) {
            try check(!host.host.isEmpty && (host.port ?? 0) < 65_536, "a host or a port that is none")
        }
        try check(PercentEncoding.decode(PercentEncoding.encode(text)) == text, "percent-encoding does not come out as it went in")
        _ = PercentEncoding.decode(text)
    }

    private static func checkUTF8(_ bytes: [UInt8], seed: Int) throws(Finding) {
        var validator = UTF8Validator()
        var isPossible = true
        for chunk in Chunks(bytes[...], seed: seed) where isPossible { isPossible = chunk.withUnsafeBytes { validator.append($0) } }
        try check((isPossible && validator.isComplete) == ReferenceUTF8.isValid(bytes), "the standard library disagrees on UTF-8")
        try check(isPossible == ReferenceUTF8.canBecomeValid(bytes), "bytes that cannot become UTF-8 are waited with, or others not")
        try check(bytes.withUnsafeBytes(UTF8Validator.isValid) == ReferenceUTF8.isValid(bytes), "UTF-8 depends on how the bytes are cut")
    }

    private static func checkAddress(_ text: String) throws(Finding) {
        let address = IPAddress(text)
        let expected = ReferenceAddress.bytes(Array(text.utf8)).map { UInt128(bigEndianBytes: $0) }
        try check(address?.bits == expected, "the system reads another address", "\(text): \(String(describing: address))")
        guard let address else { return }
        try check(IPAddress(address.description) == address, "an address does not come out as it went in", text)
    }
}
