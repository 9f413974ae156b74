import AWSLambda
import ChatProtocol
import NIOCore

/// Makes the MESSAGE events of one connection. What they have in common is encoded once a connection, or once a route; a message adds
/// its ids, its time and its body.
struct MessageEvent: Sendable {
    private let beforeTimeEpoch: [UInt8]
    private let beforeRequestId: [UInt8]
    private let beforeBody: [UInt8]
    private let size: Int
    private var time = RequestTime()

    private static let afterMessageId: StaticString = "\",\"eventType\":\"MESSAGE\",\"extendedRequestId\":\""
    private static let beforeTime: StaticString = "\",\"requestTime\":\""
    private static let end: StaticString = "\",\"isBase64Encoded\":false}"

    init(_ facts: ConnectionFacts) {
        var bytes = Array("\",\"messageDirection\":\"IN\",\"stage\":".utf8)
        JSONEscaping.append(string: facts.stage, to: &bytes)
        bytes += ",\"connectedAt\":\(facts.connectedAt.millisecondsSinceEpoch),\"requestTimeEpoch\":".utf8
        self.beforeTimeEpoch = bytes
        bytes = Array(",\"identity\":".utf8)
        bytes += facts.identity.finished
        bytes += ",\"requestId\":\"".utf8
        self.beforeRequestId = bytes
        bytes = Array("\",\"domainName\":".utf8)
        JSONEscaping.append(string: facts.domainName, to: &bytes)
        bytes += ",\"connectionId\":".utf8
        JSONEscaping.append(string: facts.connectionId, to: &bytes)
        bytes += ",\"apiId\":".utf8
        JSONEscaping.append(string: facts.apiId, to: &bytes)
        if let authorizer = facts.authorizer {
            bytes += ",\"authorizer\":".utf8
            bytes += authorizer.json
        }
        bytes += "},\"body\":\"".utf8
        self.beforeBody = bytes
        // The ids, the times and the constant parts between them.
        self.size = self.beforeTimeEpoch.count + self.beforeRequestId.count + self.beforeBody.count + 192
    }

    /// The start of the events of a route.
    static func prefix(routeKey: String) -> [UInt8] {
        var bytes = Array("{\"requestContext\":{\"routeKey\":".utf8)
        JSONEscaping.append(string: routeKey, to: &bytes)
        bytes += ",\"messageId\":\"".utf8
        return bytes
    }

    /// - Parameter body: UTF-8.
    mutating func event(
        _ route: MessageRoute, requestId: GatewayIdentifier, messageId: GatewayIdentifier, time: Timestamp, body: ByteBuffer
    ) -> [UInt8] {
        self.time.update(to: time)
        var bytes: [UInt8] = []
        // Most messages are JSON themselves, with a quotation mark every few bytes.
        bytes.reserveCapacity(route.eventPrefix.count + self.size + body.readableBytes + body.readableBytes / 4)
        bytes += route.eventPrefix
        messageId.append(to: &bytes)
        bytes.append(Self.afterMessageId)
        requestId.append(to: &bytes)
        bytes.append(Self.beforeTime)
        bytes += self.time.text
        bytes += self.beforeTimeEpoch
        bytes += String(time.millisecondsSinceEpoch).utf8
        bytes += self.beforeRequestId
        requestId.append(to: &bytes)
        bytes += self.beforeBody
        JSONEscaping.append(escaping: body.readableBytesView, to: &bytes)
        bytes.append(Self.end)
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        self.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
