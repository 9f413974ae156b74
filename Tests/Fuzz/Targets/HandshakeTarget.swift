import ChatProtocol
import HTTPTypes
import NIOCore

@testable import ChatTransport

/// A client's first bytes, into the server's handshake.
enum HandshakeTarget: FuzzTarget {
    static let name = "handshake"
    static let weight = 12

    private enum Outcome: Equatable {
        case waiting
        case accepted(HandshakeRequest, early: [UInt8])
        case rejected(HTTPResponse.Status, HTTPFields)
        case tooMuch
    }

    static func generate(_ random: inout FuzzRandom) -> [UInt8] {
        [random.once(in: 4) ? random.byte() : 0, random.byte(), random.byte()] + RequestGenerator.request(&random)
    }

    static func run(_ input: inout FuzzInput) throws(Finding) {
        var bits = input.byte()
        let bytes = [8192, 64, 200, 1000][Int(bits & 3)]
        bits >>= 2
        let limits = HandshakeHead.Limits(bytes: bytes, fields: [64, 6, 0, 9][Int(bits & 3)])
        let maximumEarlyBytes = bits & 4 == 0 ? 32 * 1024 : 16
        let seed = input.word()
        let rest = input.rest
        let whole = try self.outcome([rest], limits, maximumEarlyBytes)
        let cut = try self.outcome(Chunks(rest, seed: seed), limits, maximumEarlyBytes)
        try check(whole == cut, "the outcome depends on how the bytes are cut", "whole: \(whole)\ncut:   \(cut)")
        switch whole {
        case .accepted(let request, let early): try self.checkAccepted(request, early, Array(rest), limits)
        case .waiting: try check(rest.count < limits.bytes, "a request that is too long is waited for")
        case .rejected, .tooMuch: break
        }
    }

    private static func outcome(
        _ reads: some Sequence<ArraySlice<UInt8>>, _ limits: HandshakeHead.Limits, _ maximumEarlyBytes: Int
    ) throws(Finding) -> Outcome {
        var machine = ServerHandshakeHandler.StateMachine(limits: limits, maximumEarlyBytes: maximumEarlyBytes)
        var outcome = Outcome.waiting
        var request: HandshakeRequest?
        for read in reads {
            switch machine.receive(ByteBuffer(bytes: read)) {
            case .none: continue
            case .decide(let decided):
                try check(request == nil && outcome == .waiting, "a second decision")
                request = decided
            case .reject(let status, let fields):
                try check(request == nil && outcome == .waiting, "a rejection behind another answer")
                outcome = .rejected(status, fields)
            case .closeChannel:
                try check(outcome == .waiting, "an end behind another answer")
                outcome = .tooMuch
            }
        }
        let early = machine.decided(accepts: true)
        try check((early != nil) == (request != nil && outcome == .waiting), "the machine does not know whether it waits for a decision")
        if let early, let request {
            try check(early.readableBytes <= maximumEarlyBytes, "more is kept than the limit allows")
            outcome = .accepted(request, early: Array(early.readableBytesView))
        }
        return outcome
    }

    private static func checkAccepted(
        _ request: HandshakeRequest, _ early: [UInt8], _ bytes: [UInt8], _ limits: HandshakeHead.Limits
    ) throws(Finding) {
        guard let reference = ReferenceRequest(bytes) else { throw Finding("a request without an end was accepted") }
        let violation = reference.violation
        try check(violation == nil, "a request was accepted against RFC 6455 section 4.2.1", violation ?? "")
        try check(reference.byteCount <= limits.bytes && reference.fields.count <= limits.fields, "a request over the limits was accepted")
        try check(early == Array(bytes[reference.byteCount...]), "what comes behind the request is not what was sent")
        let fields = request.head.makeFields()
        try check(fields.count == reference.fields.count, "fields were lost or made up")
        for (field, (name, value)) in zip(fields, reference.fields) {
            let fits = field.name.canonicalName == name && field.value == String(decoding: value, as: UTF8.self)
            try check(fits, "a field is another", "\(field)\n\(name): \(value)")
        }
        for field in fields {
            try check(self.isClean(field.name.rawName) && self.isClean(field.value), "a control character survives in a field")
        }
        try check(
            self.isClean(request.target.pathAndQuery) && self.isClean(request.host), "a control character survives in the request line")
        try self.checkOpening(request.opening, fields)
        try self.checkUse(request)
    }

    /// What was read from the bytes is what the fields say.
    private static func checkOpening(_ opening: OpeningFields, _ fields: HTTPFields) throws(Finding) {
        let fits =
            opening.host == fields[self.host] && opening.key == fields[.secWebSocketKey] && opening.origin == fields[.origin]
            && opening.forwardedFor == fields[values: self.forwardedFor] && opening.extensions == fields[values: .secWebSocketExtensions]
        try check(fits, "the opening is not what the fields say", "opening: \(opening)\nfields:  \(fields)")
    }

    private static let host = HTTPField.Name("Host")!
    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")!

    private static func isClean(_ text: some StringProtocol) -> Bool { !text.utf8.contains { $0 == 0 || $0 == 0x0A || $0 == 0x0D } }

    private static let proxies = try! TrustedProxies(["10.0.0.0/8", "::1", "2001:db8::/32"])
    private static let origins = try! OriginPolicy.list(["https://chat.example.com"])

    /// What the server does with the request next must not fail, nor let what the client says into the answer's structure.
    private static func checkUse(_ request: HandshakeRequest) throws(Finding) {
        let address = self.proxies.clientAddress(peer: "10.0.0.1", forwardedFor: request.opening.forwardedFor)
        try check(address.flatMap { IPAddress($0) } != nil, "the client's address is none", address ?? "nil")
        let (origin, host) = (request.opening.origin, request.host)
        if self.origins.allows(origin: origin, host: host), let origin {
            try check(origin.lowercased().hasPrefix("https://chat.example.com"), "an origin that is not listed is allowed", origin)
        }
        _ = OriginPolicy.sameHost.allows(origin: origin, host: host)

        let upgrade = WebSocketUpgradeRequest(request, remoteAddress: address)
        _ = upgrade.queryItem("token")
        var fields = HTTPFields()
        if let first = upgrade.subprotocols.first { fields[.secWebSocketProtocol] = first }
        let extensions = request.opening.extensions
        if let compression = PerMessageDeflateParameters.negotiate(offers: extensions, allowed: WebSocketCompression()) {
            fields[.secWebSocketExtensions] = compression.response
        }
        let response = HandshakeResponse.accept(key: request.opening.key ?? "", fields: fields)
        let lines = response.readableBytesView.split(separator: 0x0A, omittingEmptySubsequences: false)
        try check(lines.count == 4 + fields.count + 2, "the client's words change the structure of the answer")
    }
}
