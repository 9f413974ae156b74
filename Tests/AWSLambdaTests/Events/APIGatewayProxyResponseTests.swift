import Foundation
import Testing

@testable import AWSLambda

struct APIGatewayProxyResponseTests {
    private func decode(_ json: String) throws -> APIGatewayProxyResponse {
        try JSONDecoder().decode(APIGatewayProxyResponse.self, from: Data(json.utf8))
    }

    @Test func roundTrips() throws {
        let response = APIGatewayProxyResponse(
            statusCode: 200, headers: ["Sec-WebSocket-Protocol": "chat.v1"], multiValueHeaders: ["X-A": ["1", "2"]], body: "line\n\u{7F}\"é"
        )
        #expect(try self.decode(String(decoding: response.json, as: UTF8.self)) == response)
        #expect(try JSONDecoder().decode(APIGatewayProxyResponse.self, from: JSONEncoder().encode(response)) == response)
        #expect(response.header("sec-websocket-protocol") == "chat.v1")
        #expect(response.header("x-a") == "2")
        #expect(
            String(decoding: APIGatewayProxyResponse(statusCode: 401).json, as: UTF8.self) == #"{"statusCode":401,"isBase64Encoded":false}"#
        )
    }

    @Test func headersOfLooselyTypedHandlersBecomeText() throws {
        let response = try self.decode(
            #"{"statusCode":"201","headers":{"a":true,"b":10,"c":1.5,"d":"x"},"multiValueHeaders":{"e":[1,"y"]},"body":null}"#)
        #expect(response.statusCode == 201)
        #expect(response.headers == ["a": "true", "b": "10", "c": "1.5", "d": "x"])
        #expect(response.multiValueHeaders == ["e": ["1", "y"]])
        #expect(response.body == nil)
    }

    @Test(arguments: [
        "null", "{}", "[]", "\"ok\"", #"{"statusCode":null}"#, #"{"statusCode":"ok"}"#, #"{"statusCode":200.5}"#, #"{"statusCode":99}"#,
        #"{"statusCode":600}"#, #"{"statusCode":200,"body":{}}"#, #"{"statusCode":200,"headers":[]}"#,
        #"{"statusCode":200,"headers":{"a":{}}}"#,
    ]) func malformed(json: String) {
        #expect(throws: DecodingError.self) { try self.decode(json) }
    }
}
