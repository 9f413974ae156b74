import AWSLambda
import ChatProtocol
import ChatService
import Testing

@testable import ChatAWS

struct ConnectAuthorizerTests {
    /// Knows one token, and tells where it looked.
    private struct OneToken: ConnectionAuthorizer {
        var rejection = ConnectRejection(status: 401, reason: "signature")

        func authorize(_ request: ConnectRequest) async throws(ConnectRejection) -> ConnectedUser {
            guard request.token == "good" else { throw self.rejection }
            return ConnectedUser(
                sender: ChatMessage.Sender(id: "sub-1", name: "älice"), expiresAt: Timestamp(millisecondsSinceEpoch: 4_000_000_000_999))
        }
    }

    private func lambda(_ authorizer: OneToken = OneToken(), _ output: Lines = Lines()) throws -> ConnectAuthorizerLambda {
        ConnectAuthorizerLambda(try .sample(output: output), authorizer: authorizer)
    }

    @Test(
        arguments: [
            (["Authorization": "Bearer good"], nil), (["authorization": "bearer good"], nil),
            (["Sec-WebSocket-Protocol": "chat.v1, bearer.good"], nil), (["sec-websocket-protocol": "bearer.good,chat.v1"], nil),
            ([:], ["token": "good"]),
        ] as [([String: String], [String: String]?)])
    func aGoodTokenIsLetIn(_ headers: [String: String], _ query: [String: String]?) async throws {
        let event = LambdaEvents.authorization(headers: headers, query: query)
        let answer = try await self.lambda().handle(event, context: .sample)
        #expect(answer.principalId == "sub-1")
        #expect(answer.policyDocument == .invoke(.allow, event.methodArn))
        #expect(answer.context == ["sub": "sub-1", "username": "älice", "exp": "4000000000"])
    }

    @Test(
        arguments: [
            ([:], nil), (["Authorization": "Bearer bad"], nil), (["Authorization": "good"], nil),
            (["Authorization": "Basic good"], ["token": "good"]), (["Sec-WebSocket-Protocol": "chat.v1"], nil), ([:], ["Token": "good"]),
        ] as [([String: String], [String: String]?)])
    func anyOtherIsUnauthorized(_ headers: [String: String], _ query: [String: String]?) async throws {
        let output = Lines()
        await #expect(throws: LambdaFunctionError.unauthorized) {
            _ = try await self.lambda(OneToken(), output).handle(
                LambdaEvents.authorization(headers: headers, query: query), context: .sample)
        }
        #expect(output.text.contains(#""ConnectionsRejected":1"#) && !output.text.contains("Errors"))
        #expect(!output.text.contains("good"))
    }

    @Test func forbiddenIsAPolicyThatDenies() async throws {
        let event = LambdaEvents.authorization()
        let output = Lines()
        let answer = try await self.lambda(OneToken(rejection: ConnectRejection(status: 403, reason: "banned")), output).handle(
            event, context: .sample)
        #expect(answer.policyDocument == .invoke(.deny, event.methodArn))
        #expect(answer.context == nil)
        #expect(output.text.contains(#""ConnectionsRejected":1"#) && !output.text.contains("Errors"))
    }

    @Test func notKnowingIsNeitherYesNorNo() async throws {
        let output = Lines()
        let error = await #expect(throws: LambdaFunctionError.self) {
            _ = try await self.lambda(OneToken(rejection: ConnectRejection(status: 503, reason: "keysUnavailable")), output).handle(
                LambdaEvents.authorization(), context: .sample)
        }
        #expect(error?.type == "Unavailable")
        #expect(output.text.contains(#""Errors":1"#) && !output.text.contains("ConnectionsRejected"))
    }

    /// With the real verifier, as the function is made on AWS.
    @Test func theFunctionVerifiesTokensOfThePool() async throws {
        let lambda = try ConnectAuthorizerLambda(try .sample())
        for headers in [[:], ["Authorization": "Bearer no.jwt"]] {
            await #expect(throws: LambdaFunctionError.unauthorized) {
                _ = try await lambda.handle(LambdaEvents.authorization(headers: headers), context: .sample)
            }
        }
        // Well-formed, so that a key is asked for, and there is nobody to ask.
        let token = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.e30.AAAA"
        let error = await #expect(throws: LambdaFunctionError.self) {
            _ = try await lambda.handle(LambdaEvents.authorization(headers: ["Authorization": "Bearer \(token)"]), context: .sample)
        }
        #expect(error?.type == "Unavailable")
    }
}
