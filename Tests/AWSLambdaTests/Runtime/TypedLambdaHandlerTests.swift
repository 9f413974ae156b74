import Foundation
import Logging
import Testing

@testable import AWSLambda

struct TypedLambdaHandlerTests {
    private struct Echo: TypedLambdaHandler {
        func handle(_ event: APIGatewayWebSocketEvent, context: LambdaContext) async throws -> APIGatewayProxyResponse {
            APIGatewayProxyResponse(statusCode: 200, body: event.requestContext.routeKey)
        }
    }

    private struct Adder: TypedLambdaHandler {
        func handle(_ event: [String: Int], context: LambdaContext) async throws -> [String: Int] { ["sum": event.values.reduce(0, +)] }
    }

    private let context = LambdaContext(
        requestId: "r", invokedFunctionARN: "", deadline: .max, logger: Logger(label: "x") { _ in SwiftLogNoOpLogHandler() })

    @Test func eventsAreDecodedAndAnswersEncoded() async throws {
        let answer = try await Echo().handle(Array(Events.defaultMessage.utf8), context: self.context)
        #expect(String(decoding: answer, as: UTF8.self) == #"{"statusCode":200,"body":"$default","isBase64Encoded":false}"#)
        let sum = try await Adder().handle(Array(#"{"a":1,"b":2}"#.utf8), context: self.context)
        #expect(try jsonObject(sum)["sum"] as? Int == 3)
    }

    @Test func whatIsNoEventIsAnErrorThatRepeatsNothingOfIt() async throws {
        let error = await #expect(throws: LambdaFunctionError.self) {
            try await Adder().handle(Array(#"{"a":"secret"}"#.utf8), context: self.context)
        }
        #expect(error?.type == "Runtime.UnmarshalError")
        #expect(error?.message.contains("secret") == false)
        #expect(error?.message.contains("at a") == true)
    }
}
