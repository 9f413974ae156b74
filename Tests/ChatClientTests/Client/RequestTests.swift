import ChatProtocol
import Testing

@testable import ChatClient

/// Asking and hearing, against a real server.
@Suite(.timeLimit(.minutes(2)))
struct RequestTests {
    @Test func twoPeopleChat() async throws {
        try await withChat { chat in
            let url = await chat.url
            try await withClient(url, NumberedTokens("alice")) { alice in
                try await alice.waitForConnection()
                try await withClient(url, NumberedTokens("bob")) { bob in
                    try await bob.waitForConnection()
                    let receipt = try await alice.send("hello", clientMessageId: "c-1")
                    #expect(receipt.room == "general" && receipt.sequence == 1)
                    guard case .message(let heard) = try await bob.nextEvent() else { throw Missing() }
                    #expect(heard.sender == .init(id: "sub-alice", name: "alice") && heard.message == "hello")
                    #expect(heard.messageId == receipt.messageId && heard.clientMessageId == "c-1")
                    #expect(try await alice.nextEvent() == .message(heard), "its sender too")
                    #expect(try await bob.send("hi").sequence == 2)
                    #expect(try await alice.texts(1) == ["hi"])
                    #expect(try await alice.send("again", clientMessageId: "c-1") == receipt)
                }
            }
        }
    }

    @Test func roomsAreJoinedAndLeft() async throws {
        try await withChat { chat in
            try await withClient(chat.url) { client in
                try await client.waitForConnection()
                #expect(try await client.join("swift").sequence == 0)
                #expect(try await client.send("one", to: "swift").sequence == 1)
                #expect(try await client.texts(1) == ["one"])
                #expect(try await client.join("swift").sequence == 1, "joining again is no error")
                try await client.leave("swift")
                let error = await #expect(throws: ChatClientError.self) { try await client.send("two", to: "swift") }
                #expect(error?.code == .refused && error?.chatError?.code == .notInRoom)
                try await client.leave("swift")
                try await client.ping()
            }
        }
    }

    @Test func historyIsRead() async throws {
        try await withChat { chat in
            try await withClient(chat.url) { client in
                for text in 1...5 { _ = try await client.send("\(text)") }
                #expect(try await client.history().messages.map(\.message) == ["1", "2", "3", "4", "5"])
                let page = try await client.history(HistoryQuery(before: 4, limit: 2))
                #expect(page.messages.map(\.sequence) == [2, 3] && page.hasMore)
                #expect(try await client.history(HistoryQuery(after: 4)).messages.map(\.sequence) == [5])
                let error = await #expect(throws: ChatClientError.self) { try await client.history(HistoryQuery(before: 1, after: 1)) }
                #expect(error?.chatError?.code == .invalidField)
            }
        }
    }

    @Test(arguments: [(String(repeating: "x", count: 16_385), ChatErrorCode.messageTooLong), ("", .invalidField)])
    func aRefusalSaysWhy(_ text: String, _ code: ChatErrorCode) async throws {
        try await withChat { chat in
            try await withClient(chat.url) { client in
                let error = await #expect(throws: ChatClientError.self) { try await client.send(text) }
                #expect(error?.code == .refused && error?.chatError?.code == code)
                let receipt = try await client.send("fine")
                #expect(receipt.sequence == 1)
            }
        }
    }

    @Test func eventsComeInTheRoomsOrder() async throws {
        try await withChat { chat in
            let url = await chat.url
            try await withClient(url, NumberedTokens("reader")) { reader in
                try await reader.waitForConnection()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for sender in 1...4 {
                        group.addTask {
                            try await withClient(url, NumberedTokens("sender-\(sender)")) { client in
                                for number in 1...50 { _ = try await client.send("\(number)") }
                            }
                        }
                    }
                    var sequences: [Int64] = []
                    while sequences.count < 200 {
                        if case .message(let message) = try await reader.nextEvent() { sequences.append(message.sequence) }
                    }
                    #expect(sequences == (1...200).map { $0 })
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func requestsMayBeMadeAtOnce() async throws {
        try await withChat { chat in
            try await withClient(chat.url) { client in
                let sequences = try await withThrowingTaskGroup(of: Int64.self) { group in
                    for number in 1...300 { group.addTask { try await client.send("\(number)").sequence } }
                    return try await group.reduce(into: Set()) { $0.insert($1) }
                }
                #expect(sequences == Set(1...300))
            }
        }
    }

    /// The parts of a chat that its user is not in are not shown; the server puts everybody into the default room.
    @Test func aClientMayBeInOtherRoomsOnly() async throws {
        try await withChat { chat in
            let url = await chat.url
            try await withClient(url, NumberedTokens("bob"), configure: { $0.rooms = ["swift"] }) { bob in
                try await bob.waitForConnection()
                try await withClient(url) { alice in
                    _ = try await alice.join("swift")
                    _ = try await alice.send("in general")
                    _ = try await alice.send("in swift", to: "swift")
                }
                guard case .message(let message) = try await bob.nextEvent() else { throw Missing() }
                #expect(message.room == "swift" && message.message == "in swift")
            }
        }
    }

    @Test func eventsThatAreNotReadAreDroppedAndCounted() async throws {
        try await withChat { chat in
            try await withClient(chat.url, configure: { $0.maximumBufferedEvents = 5 }) { client in
                for text in 1...20 { _ = try await client.send("\(text)") }
                try await client.ping()
                #expect(try await client.nextEvent() == .connected)
                #expect(try await client.texts(4) == ["1", "2", "3", "4"])
                _ = try await client.send("21")
                try await client.ping()
                #expect(try await client.nextEvent() == .dropped(16))
                #expect(try await client.texts(1) == ["21"])
            }
        }
    }
}
