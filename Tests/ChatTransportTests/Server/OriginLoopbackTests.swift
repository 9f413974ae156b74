import HTTPTypes
import NIOCore
import Testing

@testable import ChatTransport

@Suite(.timeLimit(.minutes(1)))
struct OriginLoopbackTests {
    private static let policies: [(policy: OriginPolicy, origin: String?, status: Int)] = [
        (.any, "https://evil.example.com", 101), (.any, nil, 101),
        (.sameHost, "https://server.example.com", 101), (.sameHost, "https://evil.example.com", 403), (.sameHost, "null", 403),
        (.sameHost, nil, 101), (.sameHost(allowsMissing: false), nil, 403),
        (try! .list(["https://chat.example.com"]), "https://chat.example.com", 101),
        (try! .list(["https://chat.example.com"]), "http://chat.example.com", 403),
        (try! .list(["https://chat.example.com"], allowsMissing: false), nil, 403),
    ]

    @Test(arguments: Self.policies.indices) func whoMayConnect(_ index: Int) async throws {
        let (policy, origin, expected) = Self.policies[index]
        try await withServer(
            { $0.origins = policy },
            decide: { request in
                #expect(expected == 101)
                #expect(request.headers[.origin] == origin)
                return .accept()
            }
        ) { server in
            let status = try await WirePeer.status(from: server.port) { if let origin { $0.add("Origin", origin) } }
            #expect(status == expected)
        }
    }

    /// Two fields are no origin that anybody sends.
    @Test func severalOrigins() async throws {
        try await withServer({ $0.origins = .sameHost }) { server in
            let status = try await WirePeer.status(from: server.port) {
                $0.add("Origin", "https://server.example.com")
                $0.add("Origin", "https://server.example.com")
            }
            #expect(status == 403)
        }
    }
}
