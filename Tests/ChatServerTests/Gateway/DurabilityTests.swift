import ChatProtocol
import ChatServer
import ChatStore
import Testing

/// A message is acknowledged, and shown to others, once the store has it, and not before.
@Suite(.timeLimit(.minutes(2)))
struct DurabilityTests {
    let store = ScriptedStore()

    @Test(arguments: HostKind.allCases)
    func nobodyIsToldBeforeTheStoreHasIt(_ kind: HostKind) async throws {
        try await withServer(kind, store: self.store) { server in
            let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
            self.store.appends.shut()
            try await alice.send(#"{"action":"sendMessage","ref":"1","message":"hello"}"#)
            try await self.store.appends.nextArrival()
            // Were either told already, that would come before these answers.
            #expect(try await alice.ask(.ping, ref: "2").ref == "2")
            try await bob.send(.ping, ref: "3")
            #expect(try await bob.next().ref == "3")
            #expect(try await self.store.base.position(room: "general").sequence == 0)
            self.store.appends.open()
            #expect(try await alice.next().ref == "1")
            #expect(try await bob.nextMessage().message == "hello")
        }
    }

    @Test(
        arguments: [(.failed, .internalError), (.overloaded, .unavailable), (.closed, .unavailable)] as [(StoreError.Code, ChatErrorCode)])
    func aMessageThatIsNotKeptIsShownToNobody(_ reason: StoreError.Code, _ code: ChatErrorCode) async throws {
        try await withServer(store: self.store) { server in
            let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
            self.store.fail(.append, StoreError(reason, "secret"))
            try await alice.send(#"{"action":"sendMessage","ref":"1","message":"lost","clientMessageId":"c-1"}"#)
            let event = try await alice.next()
            #expect(event.ref == "1" && event.error?.code == code)
            #expect(event.error?.retryAfterMilliseconds == (code == .unavailable ? 1000 : nil))
            #expect(event.error?.message.contains("secret") == false)
            self.store.recover()
            #expect(try await alice.say("kept").sequence == 1)
            #expect(try await bob.nextMessage().message == "kept", "the first thing that it hears")
        }
    }

    @Test func pastItsBoundTheServerRefusesAndSaysSo() async throws {
        try await withServer(store: self.store, configure: { $0.maximumPendingMessages = 2 }) { server in
            let peer = try await server.settledPeer("alice")
            self.store.appends.shut()
            try await peer.send(.sendMessage(OutgoingMessage(message: "1")), ref: "1")
            try await self.store.appends.nextArrival()
            for ref in ["2", "3", "4"] { try await peer.send(.sendMessage(OutgoingMessage(message: ref)), ref: ref) }
            let event = try await peer.next()
            #expect(event.ref == "4" && event.error?.code == .unavailable && event.error?.retryAfterMilliseconds == 1000)
            self.store.appends.open()
            #expect(try await peer.next(6).compactMap(\.ref) == ["1", "2", "3"])
        }
    }

    @Test func aHistoryThatCannotBeReadIsAnError() async throws {
        try await withServer(store: self.store) { server in
            let peer = try await server.settledPeer("alice")
            self.store.fail(.history)
            #expect(try await peer.ask(.history(HistoryQuery())).error?.code == .internalError)
            self.store.recover()
            #expect(try await peer.ask(.history(HistoryQuery())).page?.messages == [])
        }
    }

    @Test func historyIsReadWhileMessagesAreKept() async throws {
        try await withServer(store: self.store) { server in
            let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
            try await alice.say("one")
            #expect(try await bob.nextMessage().sequence == 1)
            self.store.appends.shut()
            try await alice.send(#"{"action":"sendMessage","ref":"2","message":"two"}"#)
            try await self.store.appends.nextArrival()
            self.store.histories.shut()
            try await bob.send(.history(HistoryQuery()), ref: "h")
            try await self.store.histories.nextArrival()
            #expect(try await bob.ask(.ping, ref: "p").ref == "p", "others are answered while a page is read")
            self.store.appends.open()
            #expect(try await bob.nextMessage().message == "two")
            self.store.histories.open()
            let page = try await bob.next().page
            #expect(page?.messages.map(\.message) == ["one", "two"], "it was read after the message was kept")
        }
    }

    /// Readers and writers at once: a page never has a hole, and never a message that was not acknowledged or shown afterwards.
    @Test(arguments: Backend.allCases)
    func pagesAreWholeWhileManySend(_ backend: Backend) async throws {
        try await backend.withStore { store in
            try await withServer(store: store) { server in
                let (alice, bob) = (try await server.settledPeer("alice"), try await server.settledPeer("bob"))
                try await bob.ask(.leaveRoom(room: "general"))
                _ = try await bob.join("elsewhere")
                async let sent: Void = { for message in 1...300 { try await alice.say("\(message)") } }()
                let reader = try await server.peer("reader")
                var last = 0
                while last < 300 {
                    guard let page = try await reader.ask(.history(HistoryQuery(limit: 20))).page else { continue }
                    let sequences = page.messages.map { Int($0.sequence) }
                    #expect(sequences == Array(max(1, (sequences.last ?? 0) - 19)..<(sequences.last ?? 0) + 1))
                    #expect(page.messages.allSatisfy { $0.message == "\($0.sequence)" })
                    #expect((sequences.last ?? 0) >= last, "the newest page goes forward only")
                    last = sequences.last ?? 0
                }
                try await sent
            }
        }
    }
}
