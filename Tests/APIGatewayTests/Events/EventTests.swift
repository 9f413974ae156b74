import APIGatewayDefinition
import ChatProtocol
import ChatTransport
import HTTPTypes
import NIOCore
import Testing

@testable import APIGateway

@Suite struct EventTests {
    private static let context = AuthorizerContext(
        principalId: "user", context: ["name": .string("a\"b"), "level": .number("3"), "admin": .bool(true)], latency: 12)

    @Test func message() throws {
        let route = MessageRoute(key: "sendMessage", definition: RouteDefinition(function: "f"))
        var events = MessageEvent(.sample())
        let event = events.event(
            route, requestId: GatewayIdentifier(high: 0, low: 0), messageId: GatewayIdentifier(high: .max, low: .max),
            time: Timestamp(millisecondsSinceEpoch: 1_701_245_041_798), body: ByteBuffer(string: "{\"a\":\"é\n\"}"))
        let expected = """
            {"requestContext":{"routeKey":"sendMessage","messageId":"______________8=","eventType":"MESSAGE",\
            "extendedRequestId":"AAAAAAAAAAAAAAA=","requestTime":"29/Nov/2023:08:04:01 +0000","messageDirection":"IN",\
            "stage":"production","connectedAt":1701245041796,"requestTimeEpoch":1701245041798,\
            "identity":{"sourceIp":"123.45.123.45"},"requestId":"AAAAAAAAAAAAAAA=",\
            "domainName":"aabbccdd.execute-api.eu-west-1.amazonaws.com","connectionId":"PJqB0fHsqRcCHlw=","apiId":"aabbccdd"},\
            "body":"{\\"a\\":\\"é\\n\\"}","isBase64Encoded":false}
            """
        #expect(event.text == expected)
        #expect(JSONValue(event)?["body"] == .string("{\"a\":\"é\n\"}"))
    }

    @Test func messageRepeatsTheAuthorizer() throws {
        var events = MessageEvent(.sample(authorizer: Self.context, userAgent: "curl"))
        let route = MessageRoute(key: "$default", definition: RouteDefinition(function: "f"))
        let event = events.event(
            route, requestId: .random(), messageId: .random(), time: Timestamp(millisecondsSinceEpoch: 0), body: ByteBuffer())
        let context = JSONValue(event)?["requestContext"]
        #expect(context?["authorizer"]?["principalId"] == .string("user"))
        #expect(context?["authorizer"]?["integrationLatency"] == .number("12"))
        #expect(context?["authorizer"]?["name"] == .string("a\"b"))
        #expect(context?["authorizer"]?["level"] == .number("3"))
        #expect(context?["authorizer"]?["admin"] == .bool(true))
        #expect(context?["identity"]?["userAgent"] == .string("curl"))
        #expect(JSONValue(event)?["body"] == .string(""))
    }

    @Test func timeIsWrittenAnewEachSecond() {
        var time = RequestTime()
        time.update(to: Timestamp(millisecondsSinceEpoch: 1_701_245_041_999))
        #expect(time.text.text == "29/Nov/2023:08:04:01 +0000")
        time.update(to: Timestamp(millisecondsSinceEpoch: 1_701_245_042_000))
        #expect(time.text.text == "29/Nov/2023:08:04:02 +0000")
        #expect(RequestTime.text(Timestamp(millisecondsSinceEpoch: 0)) == "01/Jan/1970:00:00:00 +0000")
        #expect(RequestTime.text(Timestamp(millisecondsSinceEpoch: 1_709_164_800_000)) == "29/Feb/2024:00:00:00 +0000")
    }

    private static let request = ConnectionRequest(
        WebSocketUpgradeRequest(
            path: "/production", query: "a=1&b=x%20y&a=2&flag&bad=%zz",
            headers: {
                var headers = HTTPFields()
                for (name, value) in [
                    ("Host", "h:8443"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", "k=="),
                    ("COOKIE", "a=b"), ("X-Two", "1"), ("x-two", "2"), ("X-Forwarded-For", "10.0.0.1"), ("x-forwarded-proto", "http"),
                ] {
                    headers.append(HTTPField(name: HTTPField.Name(name)!, value: value))
                }
                return headers
            }(), remoteAddress: "123.45.123.45"), traceHeader: "Root=1-2-3", port: 8443, isSecure: true)

    @Test func connect() throws {
        let event = ConnectionEvent(facts: .sample(), requestId: "r", time: Timestamp(millisecondsSinceEpoch: 1_701_245_041_798))
        let json = event.connect(Self.request).text
        let expected = """
            {"headers":{"Host":"h:8443","Sec-WebSocket-Key":"k==","COOKIE":"a=b","X-Two":"2","X-Amzn-Trace-Id":"Root=1-2-3",\
            "X-Forwarded-For":"10.0.0.1, 123.45.123.45","X-Forwarded-Port":"8443","X-Forwarded-Proto":"https"},\
            "multiValueHeaders":{"Host":["h:8443"],"Sec-WebSocket-Key":["k=="],"COOKIE":["a=b"],"X-Two":["1","2"],\
            "X-Amzn-Trace-Id":["Root=1-2-3"],"X-Forwarded-For":["10.0.0.1, 123.45.123.45"],"X-Forwarded-Port":["8443"],\
            "X-Forwarded-Proto":["https"]},"queryStringParameters":{"a":"2","b":"x y","flag":"","bad":"%zz"},\
            "multiValueQueryStringParameters":{"a":["1","2"],"b":["x y"],"flag":[""],"bad":["%zz"]},\
            "requestContext":{"routeKey":"$connect","eventType":"CONNECT","extendedRequestId":"r",\
            "requestTime":"29/Nov/2023:08:04:01 +0000","messageDirection":"IN","stage":"production","connectedAt":1701245041796,\
            "requestTimeEpoch":1701245041798,"identity":{"sourceIp":"123.45.123.45"},"requestId":"r",\
            "domainName":"aabbccdd.execute-api.eu-west-1.amazonaws.com","connectionId":"PJqB0fHsqRcCHlw=","apiId":"aabbccdd"},\
            "isBase64Encoded":false}
            """
        #expect(json == expected)
    }

    /// Each name was once compared with all that came before it, which takes minutes here.
    @Test(.timeLimit(.minutes(1))) func aQueryOfManyItemsIsReadOnce() {
        let names = (0..<100_000).map { "n\($0)" }
        let query = (names.map { "\($0)=1" } + names.map { "\($0)=2" }).joined(separator: "&")
        let request = ConnectionRequest(WebSocketUpgradeRequest(path: "/p", query: query), traceHeader: "t", port: 80, isSecure: false)
        #expect(request.query.count == names.count)
        // Compared outside: an expectation would say all of them.
        let isInOrder = zip(request.query, names).allSatisfy { $0.name == $1 && $0.values == ["1", "2"] }
        #expect(isInOrder)
    }

    @Test func whatIsEmptyIsAbsent() throws {
        let event = ConnectionEvent(facts: .sample(), requestId: "r", time: Timestamp(millisecondsSinceEpoch: 0))
        let plain = ConnectionRequest(WebSocketUpgradeRequest(path: "/p"), traceHeader: "t", port: 80, isSecure: false)
        guard case .object(let members)? = JSONValue(event.connect(plain)) else {
            Issue.record("no object")
            return
        }
        #expect(Set(members.keys) == ["headers", "multiValueHeaders", "requestContext", "isBase64Encoded"])
        #expect(members["headers"]?["X-Forwarded-For"] == .string(""))
        #expect(members["headers"]?["X-Forwarded-Proto"] == .string("http"))
        guard case .object(let context)? = members["requestContext"] else { return }
        #expect(context["authorizer"] == nil && context["messageId"] == nil && context["disconnectReason"] == nil)
    }

    @Test func authorizerSeesEveryHeader() throws {
        let event = ConnectionEvent(facts: .sample(), requestId: "r", time: Timestamp(millisecondsSinceEpoch: 0))
        let json = JSONValue(
            event.authorizer(Self.request, stageARN: "arn:aws:execute-api:r:1:a/production", stageVariables: ["v": "1"]))
        #expect(json?["type"] == .string("REQUEST"))
        #expect(json?["methodArn"] == .string("arn:aws:execute-api:r:1:a/production/$connect"))
        #expect(json?["headers"]?["Connection"] == .string("Upgrade"))
        #expect(json?["headers"]?["content-length"] == .string("0"))
        #expect(json?["queryStringParameters"]?["b"] == .string("x y"))
        #expect(json?["stageVariables"] == .object(["v": .string("1")]))
        #expect(json?["requestContext"]?["routeKey"] == .string("$connect"))
        #expect(json?["isBase64Encoded"] == nil)
    }

    @Test func disconnect() throws {
        let event = ConnectionEvent(
            facts: .sample(authorizer: Self.context), requestId: "r", time: Timestamp(millisecondsSinceEpoch: 1_701_245_041_798))
        let json = JSONValue(event.disconnect(DisconnectReason(code: 1005, text: "x")))
        #expect(
            json?["headers"]
                == .object([
                    "Host": .string("aabbccdd.execute-api.eu-west-1.amazonaws.com"), "x-api-key": .string(""),
                    "X-Forwarded-For": .string(""), "x-restapi": .string(""),
                ]))
        #expect(json?["multiValueHeaders"]?["x-api-key"] == .array([.string("")]))
        #expect(json?["requestContext"]?["disconnectStatusCode"] == .number("1005"))
        #expect(json?["requestContext"]?["disconnectReason"] == .string("x"))
        #expect(json?["requestContext"]?["eventType"] == .string("DISCONNECT"))
        #expect(json?["requestContext"]?["authorizer"]?["principalId"] == .string("user"))
        #expect(json?["body"] == nil)
    }

    @Test(
        arguments: [
            (nil, WebSocketClosure(code: .noStatusReceived, reason: ""), 1005, "Client-side close frame status not set"),
            (nil, WebSocketClosure(code: .normalClosure, reason: "bye"), 1000, "bye"),
            (nil, WebSocketClosure(code: .abnormalClosure, reason: ""), 1006, ""),
            (
                WebSocketClosure(code: .goingAway, reason: "Going away"), WebSocketClosure(code: .goingAway, reason: ""), 1001,
                "Going away"
            ),
            (
                WebSocketClosure(code: .normalClosure, reason: "Connection Closed Normally"),
                WebSocketClosure(code: .abnormalClosure, reason: ""), 1000, "Connection Closed Normally"
            ),
        ] as [(WebSocketClosure?, WebSocketClosure, UInt16, String)])
    func disconnectReason(own: WebSocketClosure?, peer: WebSocketClosure, code: UInt16, text: String) {
        #expect(DisconnectReason(own: own, peer: peer) == DisconnectReason(code: code, text: text))
    }

    @Test(arguments: [
        (ErrorFrame.forbidden, #"{"message": "Forbidden", "connectionId":"XDmENcnwIE0CFEQ=", "requestId":"XDmGEE2RoE0FRdQ="}"#),
        (.internalServerError, #"{"message": "Internal server error", "connectionId":"XDmENcnwIE0CFEQ=", "requestId":"XDmGEE2RoE0FRdQ="}"#),
        (
            .endpointRequestTimedOut,
            #"{"message": "Endpoint request timed out", "connectionId":"XDmENcnwIE0CFEQ=", "requestId":"XDmGEE2RoE0FRdQ="}"#
        ),
    ])
    func errorFrame(frame: ErrorFrame, text: String) {
        #expect(frame.encoded(connectionId: "XDmENcnwIE0CFEQ=", requestId: "XDmGEE2RoE0FRdQ=").text == text)
    }
}
