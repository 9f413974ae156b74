/// The server's `Sec-WebSocket-Extensions` is no answer to what the client offered; the client must fail the connection.
package struct ExtensionNegotiationError: Error, Hashable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        /// The field breaks the grammar, or is longer than is read.
        case malformed
        /// An extension that was not offered, or permessage-deflate twice.
        case notOffered
        /// A parameter that is unknown, stands twice or has a value out of its range.
        case invalidParameter
        /// The server ignored a limit that the offer set for it.
        case limitIgnored
    }

    package var reason: Reason

    package var description: String { "Sec-WebSocket-Extensions: \(self.reason.rawValue)" }
}

extension PerMessageDeflateParameters {
    /// The client's one offer, the value of its `Sec-WebSocket-Extensions` field (RFC 7692 section 5.1).
    ///
    /// It always has `client_max_window_bits`, so that the server may limit the client's window.
    package static func offer(_ allowed: WebSocketCompression) -> String {
        var offer = PerMessageDeflateName.extension
        if allowed.serverNoContextTakeover { offer += "; \(PerMessageDeflateName.serverNoContextTakeover)" }
        if allowed.clientNoContextTakeover { offer += "; \(PerMessageDeflateName.clientNoContextTakeover)" }
        if allowed.serverMaxWindowBits < 15 { offer += "; \(PerMessageDeflateName.serverMaxWindowBits)=\(allowed.serverMaxWindowBits)" }
        offer += "; \(PerMessageDeflateName.clientMaxWindowBits)"
        if allowed.clientMaxWindowBits < 15 { offer += "=\(allowed.clientMaxWindowBits)" }
        return offer
    }

    /// Reads the server's answer to ``offer(_:)``.
    ///
    /// - Parameters:
    ///   - headerValues: the values of the response's `Sec-WebSocket-Extensions` fields in order; empty when it has none.
    ///   - offered: what the offer was made from.
    /// - Returns: the parameters, or nil when the server did not accept the extension.
    /// - Throws: when the answer is not valid for the offer (RFC 6455 section 4.1 step 5, RFC 7692 section 7.1).
    package static func accept(
        response headerValues: [String], offered: WebSocketCompression
    ) throws(ExtensionNegotiationError) -> PerMessageDeflateParameters? {
        guard let header = WebSocketExtensionHeader(headerValues) else { throw ExtensionNegotiationError(reason: .malformed) }
        guard let element = header.elements.first else { return nil }
        guard header.elements.count == 1, element.name == PerMessageDeflateName.extension else {
            throw ExtensionNegotiationError(reason: .notOffered)
        }
        guard let response = PerMessageDeflateElement(element.parameters), response.clientMaxWindowBits != .withoutValue else {
            throw ExtensionNegotiationError(reason: .invalidParameter)
        }
        // A limit that was asked of the server is accepted by naming it; silence would let it do as it likes.
        let serverMaxWindowBits = response.serverMaxWindowBits ?? 15
        guard response.serverNoContextTakeover || !offered.serverNoContextTakeover, serverMaxWindowBits <= offered.serverMaxWindowBits
        else { throw ExtensionNegotiationError(reason: .limitIgnored) }
        // What the offer says of the client is a promise of its own, which holds whether the server repeats it or not
        // (sections 7.1.1.2 and 7.1.2.2).
        var clientMaxWindowBits = offered.clientMaxWindowBits
        if case .value(let bits) = response.clientMaxWindowBits { clientMaxWindowBits = min(bits, clientMaxWindowBits) }
        return PerMessageDeflateParameters(
            serverNoContextTakeover: response.serverNoContextTakeover,
            clientNoContextTakeover: response.clientNoContextTakeover || offered.clientNoContextTakeover,
            serverMaxWindowBits: serverMaxWindowBits,
            clientMaxWindowBits: clientMaxWindowBits)
    }
}
