import ChatProtocol

/// The negotiation of permessage-deflate: what the two ends make of each other's header, and of a stranger's.
enum ExtensionsTarget: FuzzTarget {
    static let name = "extensions"
    static let weight = 8

    private static let tokens = [
        "permessage-deflate", "; ", ", ", "=", "\"", "\\", "server_no_context_takeover", "client_no_context_takeover",
        "server_max_window_bits", "client_max_window_bits", "8", "15", "16", "7", "010", "\n", "x-webkit-deflate-frame",
    ]
    private static let parameters = [
        "server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits=8", "server_max_window_bits=15",
        "server_max_window_bits=\"12\"", "client_max_window_bits", "client_max_window_bits=9", "client_max_window_bits=\"1\\4\"",
    ]

    static func generate(_ random: inout FuzzRandom) -> [UInt8] {
        var text = ""
        for _ in 0..<random.within(1...3) {
            text += random.once(in: 8) ? "x-other; a=b" : "permessage-deflate"
            for _ in 0..<random.below(4) { text += (random.once(in: 2) ? "; " : " ;") + random.pick(self.parameters) }
            text += random.once(in: 6) ? "\n" : ", "
        }
        var bytes = Array(text.dropLast(random.once(in: 3) ? 0 : 2).utf8)
        if random.once(in: 3) { Mutation(tokens: self.tokens).apply(to: &bytes, &random) }
        return [random.byte(), random.byte(), random.byte(), random.byte()] + bytes
    }

    static func run(_ input: inout FuzzInput) throws(Finding) {
        let (allowed, offered) = (self.compression(&input), self.compression(&input))
        try self.checkOwnOffer(offered, allowed)
        let values = input.rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        try self.checkAnswer(to: values, allowed)
        try self.checkResponse(values, offered)
    }

    private static func compression(_ input: inout FuzzInput) -> WebSocketCompression {
        var bits = input.byte()
        var compression = WebSocketCompression()
        compression.serverNoContextTakeover = input.flag(&bits)
        compression.clientNoContextTakeover = input.flag(&bits)
        let window = input.byte()
        // No limit is the commonest.
        if input.flag(&bits) { compression.serverMaxWindowBits = 8 + Int(window & 7) }
        if input.flag(&bits) { compression.clientMaxWindowBits = 8 + Int(window >> 3 & 7) }
        return compression
    }

    /// What our client offers our server takes, and both then know the same.
    private static func checkOwnOffer(_ offered: WebSocketCompression, _ allowed: WebSocketCompression) throws(Finding) {
        let offer = PerMessageDeflateParameters.offer(offered)
        guard let answer = PerMessageDeflateParameters.negotiate(offers: [offer], allowed: allowed) else {
            throw Finding("our server declines our client's offer", "\(offer) \(allowed)")
        }
        let accepted: PerMessageDeflateParameters?
        do throws(ExtensionNegotiationError) {
            accepted = try PerMessageDeflateParameters.accept(response: [answer.response], offered: offered)
        } catch {
            throw Finding("our client refuses our server's answer", "\(offer) → \(answer.response)")
        }
        try check(accepted == answer.parameters, "the ends disagree on what they agreed on", "\(offer) → \(answer.response)")
        try self.checkBounds(answer.parameters, offered)
        try self.checkBounds(answer.parameters, allowed)
    }

    private static func checkBounds(_ parameters: PerMessageDeflateParameters, _ allowed: WebSocketCompression) throws(Finding) {
        try check((8...allowed.serverMaxWindowBits).contains(parameters.serverMaxWindowBits), "the server's window is out of range")
        try check((8...allowed.clientMaxWindowBits).contains(parameters.clientMaxWindowBits), "the client's window is out of range")
        try check(parameters.serverNoContextTakeover || !allowed.serverNoContextTakeover, "the server takes over context against the rule")
        try check(parameters.clientNoContextTakeover || !allowed.clientNoContextTakeover, "the client takes over context against the rule")
    }

    /// A stranger's offer.
    private static func checkAnswer(to values: [String], _ allowed: WebSocketCompression) throws(Finding) {
        guard let (parameters, response) = PerMessageDeflateParameters.negotiate(offers: values, allowed: allowed) else { return }
        try self.checkBounds(parameters, allowed)
        let offers = values.joined(separator: ",")
        try check(offers.contains("permessage-deflate"), "the answer is to something that was not offered")
        try check(
            !response.contains("client_max_window_bits") || offers.contains("client_max_window_bits"),
            "the client's window is limited although it did not offer that", response)
        // What the offer said is unknown here, so a client that asks for nothing must make the same of the answer.
        let accepted = try? PerMessageDeflateParameters.accept(response: [response], offered: self.unlimited)
        try check(accepted == parameters, "the answer does not say what the server does", "\(offers) → \(response)")
    }

    private static let unlimited = {
        var compression = WebSocketCompression()
        (compression.serverNoContextTakeover, compression.clientNoContextTakeover) = (false, false)
        return compression
    }()

    /// A stranger's answer.
    private static func checkResponse(_ values: [String], _ offered: WebSocketCompression) throws(Finding) {
        guard let accepted = try? PerMessageDeflateParameters.accept(response: values, offered: offered) else { return }
        try self.checkBounds(accepted, offered)
    }
}
