extension PerMessageDeflateParameters {
    /// The server's choice among a client's offers: the first that it can take, or nil for none (RFC 7692 section 5.1).
    ///
    /// Other extensions are passed over. An offer with a parameter that is unknown, doubled or out of range is declined, and so is
    /// one that does not let the server limit the client's window when `allowed` wants it smaller than 15 bits. A header that breaks
    /// the grammar, or is longer than ``WebSocketExtensionHeader`` reads, has no offers: the connection goes on uncompressed.
    ///
    /// - Parameters:
    ///   - headerValues: the values of the `Sec-WebSocket-Extensions` fields in order.
    ///   - allowed: what the server allows.
    /// - Returns: the parameters, and the value of the response's `Sec-WebSocket-Extensions` field.
    package static func negotiate(
        offers headerValues: [String], allowed: WebSocketCompression
    ) -> (parameters: PerMessageDeflateParameters, response: String)? {
        guard let header = WebSocketExtensionHeader(headerValues) else { return nil }
        for element in header.elements where element.name == PerMessageDeflateName.extension {
            guard let offer = PerMessageDeflateElement(element.parameters) else { continue }
            if let answer = Self.answer(to: offer, allowed: allowed) { return answer }
        }
        return nil
    }

    private static func answer(
        to offer: PerMessageDeflateElement, allowed: WebSocketCompression
    ) -> (parameters: PerMessageDeflateParameters, response: String)? {
        var parameters = PerMessageDeflateParameters(
            serverNoContextTakeover: offer.serverNoContextTakeover || allowed.serverNoContextTakeover,
            clientNoContextTakeover: offer.clientNoContextTakeover || allowed.clientNoContextTakeover,
            serverMaxWindowBits: min(offer.serverMaxWindowBits ?? 15, allowed.serverMaxWindowBits),
            clientMaxWindowBits: allowed.clientMaxWindowBits)
        switch offer.clientMaxWindowBits {
        case .absent:
            // The response must not limit the client's window then, so a client that needs no limit is the only one to take.
            guard allowed.clientMaxWindowBits == 15 else { return nil }
        case .withoutValue:
            break
        case .value(let bits):
            parameters.clientMaxWindowBits = min(bits, allowed.clientMaxWindowBits)
        }

        var response = PerMessageDeflateName.extension
        if parameters.serverNoContextTakeover { response += "; \(PerMessageDeflateName.serverNoContextTakeover)" }
        if parameters.clientNoContextTakeover { response += "; \(PerMessageDeflateName.clientNoContextTakeover)" }
        // An offered limit is accepted by naming it (section 7.1.2.1), 15 included.
        if offer.serverMaxWindowBits != nil || parameters.serverMaxWindowBits < 15 {
            response += "; \(PerMessageDeflateName.serverMaxWindowBits)=\(parameters.serverMaxWindowBits)"
        }
        if parameters.clientMaxWindowBits < 15 {
            response += "; \(PerMessageDeflateName.clientMaxWindowBits)=\(parameters.clientMaxWindowBits)"
        }
        return (parameters, response)
    }
}
