import AWSClient
import AWSLambda
import ChatProtocol
import ChatStore
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import ChatAWS

/// The three functions on a DynamoDB, with an `@connections` that is played.
@Suite(.enabled(if: LiveDynamoDB.isThere, "DYNAMODB_ENDPOINT names no DynamoDB"))
struct ChatLambdaTests {
    /// Sends what is for `@connections` to a script, and all else to DynamoDB.
    private final class Split: AWSHTTPClient {
        let posts = Mutex<[(id: String, method: HTTPRequest.Method, body: String)]>([])
        let gone = Mutex<Set<String>>([])
        private let dynamoDB = AsyncAWSHTTPClient()

        func send(_ request: AWSHTTPRequest, timeout: Duration, maximumResponseBytes: Int) async throws -> AWSHTTPResponse {
            guard request.path.contains("/@connections/") else {
                return try await self.dynamoDB.send(request, timeout: timeout, maximumResponseBytes: maximumResponseBytes)
            }
            let id = (request.path.split(separator: "/").last ?? "").replacing("%3D", with: "=")
            let isGone = self.gone.withLock { $0.contains(String(id)) }
            self.posts.withLock { $0.append((String(id), request.method, String(decoding: request.body, as: UTF8.self))) }
            return AWSHTTPResponse(status: isGone ? .gone : .ok)
        }

        /// What was sent since the last time, as `id type`.
        func take() -> [String] {
            self.posts.withLock { posts in
                defer { posts = [] }
                return posts.map { post in
                    let json = (try? JSONSerialization.jsonObject(with: Data(post.body.utf8))) as? [String: Any]
                    return "\(post.id) \(post.method == .delete ? "DELETE" : json?["type"] as? String ?? post.body)"
                }
            }
        }
    }

    private struct Functions {
        let connect: ConnectLambda
        let disconnect: DisconnectLambda
        var message: MessageLambda
        let environment: ChatLambdaEnvironment
        let http = Split()
        let output = Lines()

        init(_ tables: DynamoDBStore.Tables) throws {
            let environment = try ChatLambdaEnvironment.sample(
                [
                    "AWS_ENDPOINT_URL_DYNAMODB": LiveDynamoDB.endpoint ?? "", "CONNECTIONS_TABLE": tables.connections ?? "",
                    "MESSAGES_TABLE": tables.messages ?? "",
                ], http: self.http, output: self.output)
            self.environment = environment
            self.connect = try ConnectLambda(environment)
            self.disconnect = try DisconnectLambda(environment)
            self.message = try MessageLambda(environment)
        }

        func connect(_ id: String, _ name: String) async throws {
            let answer = try await self.connect.handle(
                LambdaEvents.connect(id, authorizer: LambdaEvents.authorizer(name)), context: .sample)
            #expect(answer.statusCode == 200)
        }

        /// Returns the status, and what was sent.
        func receive(_ json: String, from id: String) async throws -> (Int, [String]) {
            let answer = try await self.message.handle(LambdaEvents.message(json, from: id), context: .sample)
            return (answer.statusCode, self.http.take())
        }
    }

    private func withFunctions(_ body: (Functions) async throws -> Void) async throws {
        try await LiveDynamoDB.withTables { try await body(try Functions($0)) }
    }

    @Test func aConversation() async throws {
        try await self.withFunctions { functions in
            try await functions.connect("a=", "alice")
            try await functions.connect("b=", "bob")
            #expect(functions.http.take() == [])  // Nothing is sent to a connection that is not there yet.

            let (status, sent) = try await functions.receive(
                #"{"action":"sendMessage","ref":"1","message":"hello","clientMessageId":"c-1"}"#, from: "a=")
            #expect(status == 200)
            #expect(sent.first == "a= messageAccepted")  // The receipt comes before the message.
            #expect(sent.dropFirst().sorted() == ["a= message", "b= message"])
            // Sent again, it is accepted again and shown to nobody.
            #expect(
                try await functions.receive(#"{"action":"sendMessage","message":"hello","clientMessageId":"c-1"}"#, from: "a=")
                    == (200, ["a= messageAccepted"]))
            #expect(try await functions.receive(#"{"action":"history"}"#, from: "b=") == (200, ["b= history"]))
            #expect(try await functions.receive(#"{"action":"joinRoom","room":"swift"}"#, from: "b=") == (200, ["b= joined"]))
            #expect(try await functions.receive(#"{"action":"leaveRoom","room":"swift"}"#, from: "b=") == (200, ["b= left"]))
            #expect(try await functions.receive(#"{"action":"ping"}"#, from: "b=") == (200, ["b= pong"]))
            #expect(try await functions.receive(#"{"action":"what"}"#, from: "b=") == (200, ["b= error"]))
            #expect(try await functions.receive("no JSON", from: "b=") == (200, ["b= error"]))

            #expect(try await functions.disconnect.handle(LambdaEvents.disconnect("b="), context: .sample).statusCode == 200)
            let (_, alone) = try await functions.receive(#"{"action":"sendMessage","message":"still there?"}"#, from: "a=")
            #expect(alone == ["a= messageAccepted", "a= message"])
            #expect(functions.output.text.contains(#""MessagesDelivered":2"#))
            #expect(functions.output.text.contains("FanOutLatency"))
        }
    }

    /// Each by a function that shares nothing with the others but the tables.
    @Test func whatIsSaidAtOnceIsShownInItsOrder() async throws {
        try await self.withFunctions { functions in
            for (id, name) in [("a=", "alice"), ("b=", "bob")] { try await functions.connect(id, name) }
            let count = 12
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...count {
                    var made = try MessageLambda(functions.environment)
                    made.turnPatience = .seconds(60)  // All are alive, however slow this machine is.
                    let function = made
                    let message = LambdaEvents.message(#"{"action":"sendMessage","message":"\#(number)"}"#, from: "a=")
                    group.addTask { try await function.handle(message, context: .sample).statusCode }
                }
                for try await status in group { #expect(status == 200) }
            }
            let events = try functions.http.posts.withLock { try $0.map { ($0.id, try ChatEvent(decoding: Array($0.body.utf8))) } }
            for id in ["a=", "b="] {
                let shown = events.filter { $0.0 == id }.compactMap { event -> Int64? in
                    if case .message(let message) = event.1.kind { message.sequence } else { nil }
                }
                #expect(shown == (1...Int64(count)).map { $0 })
            }
            var accepted: Set<Int64> = []
            for (id, event) in events where id == "a=" {
                switch event.kind {
                case .messageAccepted(let receipt): accepted.insert(receipt.sequence)
                case .message(let message): #expect(accepted.contains(message.sequence), "shown before it was acknowledged")
                default: break
                }
            }
        }
    }

    /// The function that kept the first message has stopped before it told the room.
    @Test func whatAFunctionHasLeftOutIsMadeUpFor() async throws {
        try await self.withFunctions { functions in
            try await functions.connect("a=", "alice")
            _ = try await functions.receive(#"{"action":"sendMessage","message":"1"}"#, from: "a=")
            let store = try functions.environment.store(messages: true)
            _ = try await store.append([.sample("2", sender: "sub-alice", clientMessageId: "c-2")])
            let (_, repeated) = try await functions.receive(
                #"{"action":"sendMessage","message":"2","clientMessageId":"c-2"}"#, from: "a=")
            #expect(repeated == ["a= messageAccepted", "a= message"])
            _ = try await store.append([.sample("3")])
            let (_, next) = try await functions.receive(#"{"action":"sendMessage","message":"4"}"#, from: "a=")
            #expect(next == ["a= messageAccepted", "a= message", "a= message"])
        }
    }

    @Test func whoIsGoneIsForgotten() async throws {
        try await self.withFunctions { made in
            var functions = made
            try await functions.connect("a=", "alice")
            try await functions.connect("b=", "bob")
            functions.http.gone.withLock { $0 = ["b="] }
            let message = #"{"action":"sendMessage","message":"hello"}"#
            // He may still be connecting.
            #expect(try await functions.receive(message, from: "a=").1.sorted() == ["a= message", "a= messageAccepted", "b= message"])
            #expect(!functions.output.text.contains(#""StaleConnectionsRemoved":1"#))
            functions.message.now = { .now() + .seconds(11) }
            #expect(try await functions.receive(message, from: "a=").1.sorted() == ["a= message", "a= messageAccepted", "b= message"])
            #expect(try await functions.receive(message, from: "a=").1 == ["a= messageAccepted", "a= message"])
            #expect(functions.output.text.contains(#""StaleConnectionsRemoved":1"#))
        }
    }

    @Test func whoIsUnknownIsCutOff() async throws {
        try await self.withFunctions { (functions: Functions) async throws -> Void in
            #expect(try await functions.receive(#"{"action":"ping"}"#, from: "x=") == (200, ["x= DELETE"]))
            // A token that has run out.
            let event = LambdaEvents.connect("y=", authorizer: LambdaEvents.authorizer(exp: "1000"))
            #expect(try await functions.connect.handle(event, context: .sample).statusCode == 200)
            #expect(try await functions.receive(#"{"action":"ping"}"#, from: "y=") == (200, ["y= DELETE"]))
        }
    }

    @Test func withoutAnAuthorizerNobodyComesIn() async throws {
        try await self.withFunctions { functions in
            let answer = try await functions.connect.handle(LambdaEvents.connect("a=", authorizer: nil), context: .sample)
            #expect(answer.statusCode == 401)
            #expect(try await functions.receive(#"{"action":"ping"}"#, from: "a=") == (200, ["a= DELETE"]))
        }
    }

    @Test(
        arguments: [
            ("chat.v1, bearer.token", "chat.v1"), ("bearer.token,chat.v1", "chat.v1"), ("other", nil), (nil, nil),
        ] as [(String?, String?)])
    func theSubprotocolIsSelected(_ offered: String?, _ selected: String?) async throws {
        try await self.withFunctions { functions in
            let headers = offered.map { ["sec-websocket-protocol": $0] } ?? [:]
            let answer = try await functions.connect.handle(LambdaEvents.connect(headers: headers), context: .sample)
            #expect(answer.header("Sec-WebSocket-Protocol") == selected)
        }
    }

    @Test func base64IsDecoded() async throws {
        try await self.withFunctions { functions in
            try await functions.connect("a=", "alice")
            let body = Data(#"{"action":"ping"}"#.utf8).base64EncodedString()
            let event = LambdaEvents.message(body, from: "a=", isBase64Encoded: true)
            #expect(try await functions.message.handle(event, context: .sample).statusCode == 200)
            #expect(functions.http.take() == ["a= pong"])
        }
    }

    /// A failure is no frame of API Gateway's: the function returns, and the client is told by the chat's own error where it can be.
    @Test func failuresAreLoggedAndCounted() async throws {
        let tables = LiveDynamoDB.tables()  // Which nobody has made.
        let functions = try Functions(tables)
        #expect(try await functions.receive(#"{"action":"ping"}"#, from: "a=") == (500, []))
        #expect(functions.output.text.contains(#""Errors":1"#))
        await #expect(throws: StoreError.self) {
            _ = try await functions.connect.handle(LambdaEvents.connect(), context: .sample)
        }
    }
}
