import Testing

@testable import ChatProtocol

/// What a client offers, and which answers it takes (RFC 7692 sections 5.1 and 7.1).
struct PerMessageDeflateClientTests {
    @Test(arguments: [
        (
            WebSocketCompression(),
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits"
        ),
        (compression(), "permessage-deflate; client_max_window_bits"),
        (compression(serverNoContext: true), "permessage-deflate; server_no_context_takeover; client_max_window_bits"),
        (compression(serverBits: 10), "permessage-deflate; server_max_window_bits=10; client_max_window_bits"),
        (compression(clientBits: 9), "permessage-deflate; client_max_window_bits=9"),
    ])
    func offers(_ allowed: WebSocketCompression, _ offer: String) {
        #expect(PerMessageDeflateParameters.offer(allowed) == offer)
    }

    @Test(arguments: [
        // What was offered, the answer, and what holds then.
        (compression(), "permessage-deflate", parameters()),
        (compression(), " permessage-deflate ,", parameters()),
        (compression(), "permessage-deflate; server_no_context_takeover", parameters(serverNoContext: true)),
        (compression(), "permessage-deflate; client_no_context_takeover", parameters(clientNoContext: true)),
        (compression(), "permessage-deflate; server_max_window_bits=8", parameters(serverBits: 8)),
        (compression(), "permessage-deflate; client_max_window_bits=\"8\"", parameters(clientBits: 8)),
        (compression(), "permessage-deflate; server_max_window_bits=15; client_max_window_bits=15", parameters()),
        (
            compression(serverNoContext: true), "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
            parameters(serverNoContext: true, clientNoContext: true)
        ),
        // What a client says of itself holds without an answer.
        (compression(clientNoContext: true), "permessage-deflate", parameters(clientNoContext: true)),
        (compression(clientBits: 10), "permessage-deflate", parameters(clientBits: 10)),
        (compression(clientBits: 10), "permessage-deflate; client_max_window_bits=12", parameters(clientBits: 10)),
        (compression(clientBits: 10), "permessage-deflate; client_max_window_bits=9", parameters(clientBits: 9)),
        (compression(serverBits: 10), "permessage-deflate; server_max_window_bits=10", parameters(serverBits: 10)),
        (compression(serverBits: 10), "permessage-deflate; server_max_window_bits=9", parameters(serverBits: 9)),
    ])
    func accepts(_ offered: WebSocketCompression, _ response: String, _ expected: PerMessageDeflateParameters) throws {
        #expect(try PerMessageDeflateParameters.accept(response: [response], offered: offered) == expected)
        #expect(try PerMessageDeflateParameters.accept(response: ["", response], offered: offered) == expected)
    }

    @Test(arguments: [[], [""], [" , "]])
    func noAnswer(_ values: [String]) throws {
        #expect(try PerMessageDeflateParameters.accept(response: values, offered: WebSocketCompression()) == nil)
    }

    @Test(arguments: [
        (compression(), ["x"], ExtensionNegotiationError.Reason.notOffered),
        (compression(), ["permessage-deflate, x"], .notOffered), (compression(), ["x", "permessage-deflate"], .notOffered),
        (compression(), ["permessage-deflate, permessage-deflate"], .notOffered),
        (compression(), ["permessage-deflate", "permessage-deflate"], .notOffered),
        (compression(), ["Permessage-deflate"], .notOffered),
        (compression(), ["permessage-deflate;"], .malformed), (compression(), [String(repeating: " ", count: 5000)], .malformed),
        (compression(), ["permessage-deflate; x"], .invalidParameter),
        (compression(), ["permessage-deflate; client_max_window_bits"], .invalidParameter),
        (compression(), ["permessage-deflate; client_max_window_bits=7"], .invalidParameter),
        (compression(), ["permessage-deflate; client_max_window_bits=16"], .invalidParameter),
        (compression(), ["permessage-deflate; client_max_window_bits=010"], .invalidParameter),
        (compression(), ["permessage-deflate; server_max_window_bits"], .invalidParameter),
        (compression(), ["permessage-deflate; server_max_window_bits=16"], .invalidParameter),
        (compression(), ["permessage-deflate; server_no_context_takeover=1"], .invalidParameter),
        (compression(), ["permessage-deflate; client_no_context_takeover=1"], .invalidParameter),
        (compression(), ["permessage-deflate; server_no_context_takeover; server_no_context_takeover"], .invalidParameter),
        (compression(), ["permessage-deflate; client_max_window_bits=10; client_max_window_bits=10"], .invalidParameter),
        (compression(serverNoContext: true), ["permessage-deflate"], .limitIgnored),
        (compression(serverNoContext: true), ["permessage-deflate; client_no_context_takeover"], .limitIgnored),
        (compression(serverBits: 10), ["permessage-deflate"], .limitIgnored),
        (compression(serverBits: 10), ["permessage-deflate; server_max_window_bits=11"], .limitIgnored),
    ])
    func refuses(_ offered: WebSocketCompression, _ values: [String], _ reason: ExtensionNegotiationError.Reason) {
        #expect(throws: ExtensionNegotiationError(reason: reason)) {
            try PerMessageDeflateParameters.accept(response: values, offered: offered)
        }
    }

    /// Whatever the two ends allow, they read the same out of the handshake, and neither gets more than it allows.
    @Test func ourClientAndOurServerAgree() throws {
        var generator = SplitMix64(seed: 11)
        func random() -> WebSocketCompression {
            compression(
                serverNoContext: Bool.random(using: &generator), clientNoContext: Bool.random(using: &generator),
                serverBits: Int.random(in: 8...15, using: &generator), clientBits: Int.random(in: 8...15, using: &generator))
        }
        for _ in 0..<3000 {
            let client = random()
            let server = random()
            let offer = PerMessageDeflateParameters.offer(client)
            let answer = try #require(PerMessageDeflateParameters.negotiate(offers: [offer], allowed: server))
            #expect(try PerMessageDeflateParameters.accept(response: [answer.response], offered: client) == answer.parameters)
            #expect(answer.parameters.serverMaxWindowBits == min(client.serverMaxWindowBits, server.serverMaxWindowBits))
            #expect(answer.parameters.clientMaxWindowBits == min(client.clientMaxWindowBits, server.clientMaxWindowBits))
            #expect(answer.parameters.serverNoContextTakeover == (client.serverNoContextTakeover || server.serverNoContextTakeover))
            #expect(answer.parameters.clientNoContextTakeover == (client.clientNoContextTakeover || server.clientNoContextTakeover))
        }
    }
}

private func parameters(
    serverNoContext: Bool = false, clientNoContext: Bool = false, serverBits: Int = 15, clientBits: Int = 15
) -> PerMessageDeflateParameters {
    PerMessageDeflateParameters(
        serverNoContextTakeover: serverNoContext, clientNoContextTakeover: clientNoContext, serverMaxWindowBits: serverBits,
        clientMaxWindowBits: clientBits)
}
