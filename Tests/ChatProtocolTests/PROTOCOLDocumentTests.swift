import ChatProtocol
import Foundation
import Testing

/// `docs/PROTOCOL.md` is what people write clients from: every example in it is read here, and it leaves nothing out.
///
/// A fenced block called `json request` has one client's request a line, one called `json event` one server's event a line.
struct PROTOCOLDocumentTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private let text: String

    init() throws {
        self.text = try String(contentsOf: Self.root.appending(path: "docs/PROTOCOL.md"), encoding: .utf8)
    }

    /// The lines of all blocks with that info string.
    private func examples(_ info: String) -> [String] {
        var lines: [String] = []
        var isInside = false
        for line in self.text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isInside = !isInside && line == "```\(info)"
            } else if isInside, !line.allSatisfy(\.isWhitespace) {
                lines.append(String(line))
            }
        }
        return lines
    }

    @Test func everyRequestIsReadAndEveryActionIsShown() throws {
        var actions: Set<String> = []
        for line in self.examples("json request") {
            let request = try ChatRequest(decoding: Array(line.utf8))
            #expect(try ChatRequest(decoding: request.encoded()) == request, "\(line)")
            #expect(request.unknownFields.fields.isEmpty, "\(line)")
            switch request.action {
            case .sendMessage: actions.insert("sendMessage")
            case .joinRoom: actions.insert("joinRoom")
            case .leaveRoom: actions.insert("leaveRoom")
            case .history: actions.insert("history")
            case .ping: actions.insert("ping")
            }
        }
        #expect(actions == ["sendMessage", "joinRoom", "leaveRoom", "history", "ping"])
    }

    @Test func everyEventIsReadAndEveryTypeIsShown() throws {
        var types: Set<String> = []
        for line in self.examples("json event") {
            let event = try ChatEvent(decoding: Array(line.utf8))
            #expect(try ChatEvent(decoding: event.encoded()) == event, "\(line)")
            #expect(event.unknownFields.fields.isEmpty, "\(line)")
            switch event.kind {
            case .message: types.insert("message")
            case .messageAccepted: types.insert("messageAccepted")
            case .joined: types.insert("joined")
            case .gap: types.insert("gap")
            case .left: types.insert("left")
            case .history: types.insert("history")
            case .error(let error):
                types.insert("error")
                #expect(Self.errorCodes.contains(error.code), "\(line)")
            case .pong: types.insert("pong")
            case .unknown(let type): Issue.record("no event is called \(type)")
            }
        }
        #expect(types == ["message", "messageAccepted", "joined", "left", "history", "gap", "error", "pong"])
    }

    private static let errorCodes: [ChatErrorCode] = [
        .malformedRequest, .unknownAction, .invalidField, .messageTooLong, .invalidRoom, .notInRoom, .tooManyRooms, .unavailable,
        .internalError,
    ]

    @Test func everyErrorCodeIsExplained() throws {
        for code in Self.errorCodes { #expect(self.text.contains("`\(code.rawValue)`"), "\(code)") }
        try Self.expectAllListed(in: "Sources/ChatProtocol/Limits/ChatErrorCode.swift", count: Self.errorCodes.count)
    }

    private static let closeCodes: [WebSocketCloseCode] = [
        .normalClosure, .goingAway, .protocolError, .unsupportedData, .noStatusReceived, .abnormalClosure, .invalidPayload,
        .policyViolation, .messageTooBig, .internalError, .tokenExpired, .slowConsumer,
    ]

    @Test func everyCloseCodeThatMayBeSentIsExplained() throws {
        let numbers = Set(self.text.split { !$0.isNumber }.map(String.init))
        for code in Self.closeCodes where code.mayBeSent { #expect(numbers.contains(String(code.rawValue)), "\(code.rawValue)") }
        try Self.expectAllListed(in: "Sources/ChatProtocol/WebSocket/WebSocketCloseCode.swift", count: Self.closeCodes.count)
    }

    /// A code that is added to the source has to be added to the list here, and so to the document.
    private static func expectAllListed(in path: String, count: Int) throws {
        let source = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
        #expect(source.components(separatedBy: "public static let ").count - 1 == count, "\(path)")
    }
}
