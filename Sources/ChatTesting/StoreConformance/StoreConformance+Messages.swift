import ChatProtocol
public import ChatStore

extension StoreConformance {
    /// What every ``MessageStore`` has to do.
    public static let messages: [StoreCheck<any MessageStore>] =
        Self.numbering + Self.repeatedMessages + Self.history + Self.kept

    static let numbering: [StoreCheck<any MessageStore>] = [
        StoreCheck("an empty batch is no message") { store in
            try requireEqual(try await store.append([]), [], "outcomes")
        },
        StoreCheck("sequences start at 1 and have no gaps") { store in
            let room = CheckNames.unique("room")
            var sequences: [Int64] = []
            for count in [1, 3, 1, 50, 2] {
                let outcomes = try await store.append((0..<count).map { .sample(room, "text \($0)") })
                sequences += outcomes.map(\.receipt.sequence)
            }
            try requireEqual(sequences, Array(1...57), "sequences")
            try requireEqual(try await store.everything(room).map(\.sequence), Array(1...57), "sequences of the history")
        },
        StoreCheck("a receipt names its message") { store in
            let room = CheckNames.unique("room")
            let messages = (0..<3).map { NewMessage.sample(room, "text \($0)") }
            let outcomes = try await store.append(messages)
            try requireEqual(outcomes.map(\.receipt.messageId), messages.map(\.messageId), "message ids")
            try requireEqual(outcomes.map(\.receipt.room), [room, room, room], "rooms")
            try requireEqual(outcomes.map(\.isNew), [true, true, true], "newness")
        },
        StoreCheck("who is called back hears what who awaits hears") { store in
            let room = CheckNames.unique("room")
            let (first, second) = (NewMessage.sample(room, "text", clientMessageId: "c-1"), NewMessage.sample(room, "text 2"))
            _ = try await store.append([first])
            // A second call of the completion would end the process.
            let outcomes = try await withCheckedThrowingContinuation { continuation in
                store.append([first, second]) { continuation.resume(with: $0) }
            }
            try requireEqual(outcomes.map(\.receipt.sequence), [1, 2], "sequences")
            try requireEqual(outcomes.map(\.isNew), [false, true], "newness")
            try requireEqual(try await store.everything(room).map(\.message), ["text", "text 2"], "texts")
        },
        StoreCheck("each room is numbered for itself") { store in
            let (first, second) = (CheckNames.unique("room"), CheckNames.unique("room"))
            let rooms = [first, second, second, first, second]
            let outcomes = try await store.append(rooms.enumerated().map { .sample($1, "text \($0)") })
            try requireEqual(outcomes.map(\.receipt.sequence), [1, 1, 2, 2, 3], "sequences")
            let more = try await store.append([.sample(second, "text"), .sample(first, "text")])
            try requireEqual(more.map(\.receipt.sequence), [4, 3], "sequences")
            try requireEqual(try await store.everything(first).map(\.message), ["text 0", "text 3", "text"], "texts of the first room")
        },
        StoreCheck("a batch keeps its order") { store in
            let room = CheckNames.unique("room")
            let texts = (0..<300).map { "text \($0)" }
            _ = try await store.append(texts.map { .sample(room, $0) })
            try requireEqual(try await store.everything(room).map(\.message), texts, "texts")
        },
        StoreCheck("rooms differ if their bytes do") { store in
            // To Swift the two names are equal; a store may not mix them up, now or once it has forgotten what it knew.
            let name = CheckNames.unique("room")
            let (composed, decomposed) = ("\(name) é", "\(name) e\u{301}")
            let first = try await store.append([.sample(composed, "composed"), .sample(decomposed, "decomposed")])
            let second = try await store.append([.sample(decomposed, "decomposed")])
            try requireEqual((first + second).map(\.receipt.sequence), [1, 1, 2], "sequences")
            try requireEqual(try await store.everything(composed).map(\.message), ["composed"], "texts")
            try requireEqual(try await store.everything(decomposed).map(\.message), ["decomposed", "decomposed"], "texts")
            try requireEqual(try await store.position(room: composed).sequence, 1, "position")
        },
        StoreCheck("appends at once get 1 to n, each its own") { store in
            let room = CheckNames.unique("room")
            let outcomes = try await withThrowingTaskGroup(of: AppendOutcome.self) { group in
                for index in 0..<100 {
                    group.addTask { try await store.append([.sample(room, "text \(index)")])[0] }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try requireEqual(outcomes.map(\.receipt.sequence).sorted(), Array(1...100), "sequences")
            let byId = Dictionary(uniqueKeysWithValues: outcomes.map { ($0.receipt.messageId, $0.receipt.sequence) })
            for message in try await store.everything(room) {
                try requireEqual(byId[message.messageId], message.sequence, "the receipt of \(message.message)")
            }
        },
        StoreCheck("batches at once are not torn apart") { store in
            let room = CheckNames.unique("room")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for batch in 0..<20 {
                    group.addTask {
                        let sequences = try await store.append((0..<10).map { .sample(room, "\(batch)/\($0)") }).map(\.receipt.sequence)
                        try requireEqual(sequences, (0..<10).map { sequences[0] + $0 }, "sequences of one batch")
                    }
                }
                try await group.waitForAll()
            }
            try requireEqual(try await store.position(room: room).sequence, 200, "position")
        },
    ]

    static let kept: [StoreCheck<any MessageStore>] = [
        StoreCheck("a message comes back as it was") { store in
            let room = CheckNames.unique("room")
            let messages = [NewMessage.sample(room, "text"), NewMessage.sample(room, "text", clientMessageId: "c-1")]
            _ = try await store.append(messages)
            try requireEqual(try await store.everything(room), [messages[0].numbered(1), messages[1].numbered(2)], "messages")
        },
        StoreCheck("strings keep their bytes") { store in
            for text in CheckNames.hardStrings {
                let room = CheckNames.unique("room") + text
                let sender = CheckNames.sender(text)
                _ = try await store.append([.sample(room, text, sender: sender, clientMessageId: text)])
                let found = try await store.everything(room)
                for string in found.flatMap({ [$0.message, $0.sender.id, $0.clientMessageId ?? "none"] }) {
                    try requireEqual(Array(string.utf8), Array(text.utf8), "bytes of \(text.debugDescription)")
                }
                try requireEqual(found.map { Array($0.room.utf8) }, [Array(room.utf8)], "the room's name")
                try requireEqual(found.map(\.sender.name), [sender.name], "the sender's name")
            }
        },
        StoreCheck("times keep their milliseconds") { store in
            let room = CheckNames.unique("room")
            let times = [0, -1, 1_795_503_600_123, -62_167_219_200_000, 253_402_300_799_999].map { Timestamp(millisecondsSinceEpoch: $0) }
            _ = try await store.append(
                times.map { time in
                    var message = NewMessage.sample(room, "text")
                    message.sentAt = time
                    return message
                })
            try requireEqual(try await store.everything(room).map(\.sentAt), times, "times")
        },
        StoreCheck("a position counts what was appended") { store in
            let room = CheckNames.unique("room")
            let before = try await store.position(room: room)
            try requireEqual(before.sequence, 0, "position of an empty room")
            try requireEqual(before.room, room, "room")
            try require(!before.epoch.isEmpty, "the epoch has no name")
            try await store.fill(room, 7)
            let after = try await store.position(room: room)
            try requireEqual(after.sequence, 7, "position")
            try requireEqual(after.epoch, before.epoch, "epoch")
            try requireEqual(try await store.position(room: CheckNames.unique("room")).sequence, 0, "position of another room")
        },
    ]
}
