import ChatProtocol
import Testing

/// The main thing, on both hosts and both stores.
@Suite(.timeLimit(.minutes(2)))
struct ConversationTests {
    @Test(arguments: HostKind.allCases, Backend.allCases)
    func twoPeopleChat(_ kind: HostKind, _ backend: Backend) async throws {
        try await backend.withStore { store in
            try await withServer(kind, store: store) { server in
                let alice = try await server.settledPeer("alice")
                let bob = try await server.settledPeer("bob")

                try await alice.send(#"{"action":"sendMessage","ref":"1","message":"hello","clientMessageId":"c-1"}"#)
                let receipt = try await alice.next()
                #expect(receipt.ref == "1")
                let accepted = try #require(receipt.receipt, "the acknowledgement comes before the message")
                #expect(accepted.room == "general" && accepted.sequence == 1)
                let own = try await alice.nextMessage()
                #expect(own == (try await bob.nextMessage()), "both are sent the same")
                #expect(own.sequence == 1 && own.messageId == accepted.messageId && own.message == "hello")
                #expect(own.sender == ChatMessage.Sender(id: "sub-alice", name: "alice") && own.clientMessageId == "c-1")

                try await bob.send(#"{"action":"sendMessage","message":"Grüße 👋"}"#)
                #expect(try await bob.next().receipt?.sequence == 2)
                #expect(try await bob.nextMessage().message == "Grüße 👋")
                #expect(try await alice.nextMessage().sender.name == "bob")

                let page = try #require(try await bob.ask(.history(HistoryQuery())).page)
                #expect(page.messages.map(\.message) == ["hello", "Grüße 👋"] && !page.hasMore)
                #expect(page.messages[0] == own, "history has what was shown")
            }
        }
    }

    @Test(arguments: Backend.allCases)
    func aRepeatedMessageGetsTheFirstReceiptAndIsShownOnce(_ backend: Backend) async throws {
        try await backend.withStore { store in
            try await withServer(store: store) { server in
                let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
                let send = ChatAction.sendMessage(OutgoingMessage(message: "hello", clientMessageId: "c-1"))
                let first = try #require(try await alice.ask(send, ref: "1").receipt)
                let again = try await server.peer("alice")
                #expect(try await again.ask(send, ref: "2").receipt == first)
                #expect(try await alice.say("next").sequence == 2)
                #expect([try await bob.nextMessage().sequence, try await bob.nextMessage().sequence] == [1, 2])
            }
        }
    }

    @Test(arguments: HostKind.allCases)
    func theSubprotocolIsTheChatsAndNeverTheToken(_ kind: HostKind) async throws {
        try await withServer(kind) { server in
            let browser = RawConnection.handshake(token: nil, fields: ["Sec-WebSocket-Protocol: chat.v1, bearer.alice"])
            let peer = try await ChatPeer.open(server.connect(), handshake: browser)
            #expect(peer.answer.fields["sec-websocket-protocol"] == "chat.v1")
            #expect(peer.answer.fields["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "RFC 6455 section 1.3")
            try await peer.say("hello")
            #expect(try await peer.nextMessage().sender.name == "alice")
            #expect(try await server.peer("bob").answer.fields["sec-websocket-protocol"] == nil, "none was offered")
        }
    }

    @Test func everyActionIsAnswered() async throws {
        try await withServer { server in
            let peer = try await server.peer("alice")
            try await peer.send(#"{"action":"ping","ref":"7"}"#, #"{"action":"ping"}"#)
            #expect(try await peer.next(2) == [ChatEvent(.pong, ref: "7"), ChatEvent(.pong)])
            #expect(try await peer.join("swift").sequence == 0)
            #expect(try await peer.ask(.leaveRoom(room: "swift"), ref: "4") == ChatEvent(.left(room: "swift"), ref: "4"))
            #expect(try await peer.ask(.leaveRoom(room: "swift"), ref: "5") == ChatEvent(.left(room: "swift"), ref: "5"))
        }
    }
}
