import ChatProtocol
import Testing

/// Many at once, on several event loops: everybody is told the same, whole and in order.
@Suite(.timeLimit(.minutes(2)))
struct ConcurrentSendersTests {
    @Test(arguments: Backend.allCases)
    func everyMemberSeesEveryMessageOnceAndInOrder(_ backend: Backend) async throws {
        let (senders, messages) = (12, 40)
        try await backend.withStore { store in
            try await withEventLoops(4) { group in
                try await withServer(store: store, group: group) { server in
                    var peers: [ChatPeer] = []
                    for index in 0..<senders { peers.append(try await server.settledPeer("user-\(index)")) }
                    let seen = try await withThrowingTaskGroup(of: [ChatMessage].self) { tasks in
                        for (index, peer) in peers.enumerated() {
                            tasks.addTask { try await Self.sendAndReceive(peer, index, messages: messages, total: senders * messages) }
                        }
                        return try await tasks.reduce(into: []) { $0.append($1) }
                    }
                    for messages in seen { #expect(messages == seen[0]) }
                    #expect(seen[0].map(\.sequence) == (1...Int64(senders * messages)).map { $0 })
                    for sender in 0..<senders {
                        let texts = seen[0].filter { $0.sender.name == "user-\(sender)" }.map(\.message)
                        #expect(texts == (0..<messages).map { "\(sender)/\($0)" }, "one sender's messages keep their order")
                    }
                }
            }
        }
    }

    /// Sends everything without waiting, and reads until it has heard everything.
    private static func sendAndReceive(_ peer: ChatPeer, _ index: Int, messages: Int, total: Int) async throws -> [ChatMessage] {
        async let sent: Void = {
            for message in 0..<messages {
                try await peer.send(.sendMessage(OutgoingMessage(message: "\(index)/\(message)")), ref: "\(message)")
            }
        }()
        var heard: [ChatMessage] = []
        var receipts: [String: Int64] = [:]
        while heard.count < total || receipts.count < messages {
            let event = try await peer.next()
            if let message = event.message {
                heard.append(message)
                guard message.sender.name == "user-\(index)", let number = message.message.split(separator: "/").last else { continue }
                #expect(receipts[String(number)] == message.sequence, "its sender had the receipt before the message")
            } else {
                let receipt = try #require(event.receipt)
                receipts[try #require(event.ref)] = receipt.sequence
            }
        }
        try await sent
        return heard
    }

    /// What `joined` names is the last message that is not sent; the next one is the first that is.
    @Test(arguments: [1, 4])
    func whoJoinsWhileOthersSendMissesNothing(_ loops: Int) async throws {
        try await withEventLoops(loops) { group in
            try await withServer(group: group) { server in
                let total: Int64 = 600
                let sender = try await server.settledPeer("sender")
                async let sent: Void = {
                    for message in 1...total {
                        try await sender.send(.sendMessage(OutgoingMessage(message: "\(message)")))
                        _ = try await sender.next(2)
                    }
                }()
                var joined: [(peer: ChatPeer, position: Int64)] = []
                for index in 0..<12 {
                    let peer = try await server.peer("user-\(index)")
                    try await peer.ask(.leaveRoom(room: "general"))
                    joined.append((peer, try await peer.join("general").sequence))
                }
                try await sent
                for (peer, position) in joined where position < total {
                    let texts = try await peer.next(Int(total - position)).map { $0.message?.message }
                    #expect(texts == (position + 1...total).map { "\($0)" })
                }
                #expect(joined.contains { $0.position < total }, "somebody joined while messages came")
            }
        }
    }
}
