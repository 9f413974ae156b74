import Testing

@testable import ChatProtocol

/// What a server answers to offers (RFC 7692 sections 5.1 and 7.1).
struct PerMessageDeflateServerTests {
    /// As little as can be said: both take over context, both windows have 15 bits.
    static let permissive = compression()

    @Test(arguments: [
        // An offer, and what a server answers that wants nothing itself.
        ("permessage-deflate", "permessage-deflate"),
        ("permessage-deflate; client_max_window_bits", "permessage-deflate"),
        ("permessage-deflate; client_max_window_bits=15", "permessage-deflate"),
        ("permessage-deflate; client_max_window_bits=10", "permessage-deflate; client_max_window_bits=10"),
        ("permessage-deflate; client_max_window_bits=8", "permessage-deflate; client_max_window_bits=8"),
        ("permessage-deflate; server_max_window_bits=15", "permessage-deflate; server_max_window_bits=15"),
        ("permessage-deflate; server_max_window_bits=\"9\"", "permessage-deflate; server_max_window_bits=9"),
        ("permessage-deflate; server_max_window_bits=8", "permessage-deflate; server_max_window_bits=8"),
        ("permessage-deflate; server_no_context_takeover", "permessage-deflate; server_no_context_takeover"),
        ("permessage-deflate; client_no_context_takeover", "permessage-deflate; client_no_context_takeover"),
        (
            "permessage-deflate; client_max_window_bits=11; server_max_window_bits=12; client_no_context_takeover; server_no_context_takeover",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=11"
        ),
        // The first that is acceptable wins; other extensions are passed over.
        ("permessage-deflate; server_max_window_bits=10, permessage-deflate", "permessage-deflate; server_max_window_bits=10"),
        ("permessage-deflate; x, permessage-deflate; server_max_window_bits=9", "permessage-deflate; server_max_window_bits=9"),
        ("x-webkit-deflate-frame; y=\"z\", permessage-bzip2, permessage-deflate", "permessage-deflate"),
    ])
    func accepts(_ offer: String, _ response: String) {
        let answer = PerMessageDeflateParameters.negotiate(offers: [offer], allowed: Self.permissive)
        #expect(answer?.response == response)
        // Each end must read the same out of it.
        let offers = offer.split(separator: ", ").map(String.init)
        #expect(PerMessageDeflateParameters.negotiate(offers: offers, allowed: Self.permissive)?.response == response)
        #expect(answer?.parameters == parameters(ofResponse: response))
    }

    @Test(arguments: [
        "", "x", "permessage-deflat", "permessage-deflate2", "Permessage-Deflate", "x; permessage-deflate",
        "permessage-deflate; unknown", "permessage-deflate; unknown=1", "permessage-deflate; Server_No_Context_Takeover",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10",
        "permessage-deflate; client_max_window_bits; client_max_window_bits",
        "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
        "permessage-deflate; client_max_window_bits=10; client_max_window_bits",
        "permessage-deflate; server_no_context_takeover=1", "permessage-deflate; client_no_context_takeover=true",
        "permessage-deflate; server_max_window_bits", "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=16", "permessage-deflate; server_max_window_bits=010",
        "permessage-deflate; server_max_window_bits=08", "permessage-deflate; server_max_window_bits=+9",
        "permessage-deflate; server_max_window_bits=-9", "permessage-deflate; server_max_window_bits=1e1",
        "permessage-deflate; server_max_window_bits=0xA", "permessage-deflate; server_max_window_bits=10.0",
        "permessage-deflate; server_max_window_bits=99999999999999999999", "permessage-deflate; server_max_window_bits=x",
        "permessage-deflate; client_max_window_bits=7", "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=09", "permessage-deflate; client_max_window_bits=0",
        // The grammar.
        "permessage-deflate;", "permessage-deflate; server_max_window_bits=", "permessage-deflate; server_max_window_bits=\"\"",
        "permessage-deflate x", "permessage-deflate=1", "permessage-deflate, x y",
    ])
    func declines(_ offer: String) {
        #expect(PerMessageDeflateParameters.negotiate(offers: [offer], allowed: Self.permissive) == nil)
        #expect(PerMessageDeflateParameters.negotiate(offers: [offer], allowed: WebSocketCompression()) == nil)
    }

    @Test func declinesWhenThereIsNoHeader() {
        #expect(PerMessageDeflateParameters.negotiate(offers: [], allowed: WebSocketCompression()) == nil)
    }

    @Test(arguments: [
        // What the server allows, an offer, the answer.
        (
            WebSocketCompression(), "permessage-deflate; client_max_window_bits",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        ),
        (compression(serverNoContext: true), "permessage-deflate", "permessage-deflate; server_no_context_takeover"),
        (compression(clientNoContext: true), "permessage-deflate", "permessage-deflate; client_no_context_takeover"),
        (compression(serverBits: 12), "permessage-deflate", "permessage-deflate; server_max_window_bits=12"),
        (compression(serverBits: 12), "permessage-deflate; server_max_window_bits=15", "permessage-deflate; server_max_window_bits=12"),
        (compression(serverBits: 12), "permessage-deflate; server_max_window_bits=9", "permessage-deflate; server_max_window_bits=9"),
        (compression(clientBits: 12), "permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=12"),
        (compression(clientBits: 12), "permessage-deflate; client_max_window_bits=15", "permessage-deflate; client_max_window_bits=12"),
        (compression(clientBits: 12), "permessage-deflate; client_max_window_bits=10", "permessage-deflate; client_max_window_bits=10"),
        // A client that cannot be limited is not taken, but its next offer may be.
        (compression(clientBits: 12), "permessage-deflate", nil),
        (
            compression(clientBits: 12), "permessage-deflate, permessage-deflate; client_max_window_bits",
            "permessage-deflate; client_max_window_bits=12"
        ),
    ])
    func limits(_ allowed: WebSocketCompression, _ offer: String, _ response: String?) {
        let answer = PerMessageDeflateParameters.negotiate(offers: [offer], allowed: allowed)
        #expect(answer?.response == response)
        #expect(answer?.parameters == response.flatMap(parameters(ofResponse:)))
    }
}

func compression(
    serverNoContext: Bool = false, clientNoContext: Bool = false, serverBits: Int = 15, clientBits: Int = 15
) -> WebSocketCompression {
    var compression = WebSocketCompression()
    compression.serverNoContextTakeover = serverNoContext
    compression.clientNoContextTakeover = clientNoContext
    compression.serverMaxWindowBits = serverBits
    compression.clientMaxWindowBits = clientBits
    return compression
}

/// What a response of ours says, read word by word.
private func parameters(ofResponse response: String) -> PerMessageDeflateParameters {
    func bits(_ name: String) -> Int {
        response.split(separator: "; ").first { $0.hasPrefix(name + "=") }.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 15
    }
    return PerMessageDeflateParameters(
        serverNoContextTakeover: response.contains("server_no_context_takeover"),
        clientNoContextTakeover: response.contains("client_no_context_takeover"),
        serverMaxWindowBits: bits("server_max_window_bits"), clientMaxWindowBits: bits("client_max_window_bits"))
}
