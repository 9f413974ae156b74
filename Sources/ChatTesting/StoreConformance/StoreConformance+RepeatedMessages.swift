import ChatProtocol
import ChatStore

extension StoreConformance {
    /// A client that got no answer sends again; nobody may see the message twice.
    static let repeatedMessages: [StoreCheck<any MessageStore>] = [
        StoreCheck("a repeated message gets the first receipt") { store in
            let room = CheckNames.unique("room")
            let first = try await store.append([.sample(room, "first", clientMessageId: "c-1")])[0]
            try await store.fill(room, 3)
            let again = try await store.append([.sample(room, "changed meanwhile", clientMessageId: "c-1")])[0]
            try requireEqual(again, AppendOutcome(receipt: first.receipt, isNew: false), "outcome")
            try requireEqual(try await store.everything(room).map(\.message), ["first", "1", "2", "3"], "texts")
        },
        StoreCheck("a repetition in the same batch too, and it takes no number") { store in
            let room = CheckNames.unique("room")
            let ids = ["a", "b", "a", nil, "b", "c", nil]
            let outcomes = try await store.append(ids.enumerated().map { .sample(room, "text \($0)", clientMessageId: $1) })
            try requireEqual(outcomes.map(\.receipt.sequence), [1, 2, 1, 3, 2, 4, 5], "sequences")
            try requireEqual(outcomes.map(\.isNew), [true, true, false, true, false, true, true], "newness")
            try requireEqual(outcomes[2].receipt, outcomes[0].receipt, "receipt")
            let more = try await store.append([.sample(room, "more")])
            try requireEqual(more[0].receipt.sequence, 6, "the next sequence")
        },
        StoreCheck("a batch of repetitions adds nothing") { store in
            let room = CheckNames.unique("room")
            let batch = (0..<5).map { NewMessage.sample(room, "text \($0)", clientMessageId: "c-\($0)") }
            let first = try await store.append(batch)
            let again = try await store.append(batch)
            try requireEqual(again.map(\.receipt), first.map(\.receipt), "receipts")
            try require(again.allSatisfy { !$0.isNew }, "a repetition counts as new")
            try requireEqual(try await store.position(room: room).sequence, 5, "position")
        },
        StoreCheck("without a client's id nothing is a repetition") { store in
            let room = CheckNames.unique("room")
            let outcomes = try await store.append([.sample(room, "same"), .sample(room, "same")])
            try requireEqual(outcomes.map(\.isNew), [true, true], "newness")
        },
        StoreCheck("an empty client's id is an id") { store in
            let room = CheckNames.unique("room")
            let outcomes = try await store.append((0..<2).map { _ in .sample(room, "text", clientMessageId: "") })
            try requireEqual(outcomes.map(\.isNew), [true, false], "newness")
        },
        StoreCheck("ids are a sender's own") { store in
            let room = CheckNames.unique("room")
            let outcomes = try await store.append(
                ["sub-1", "sub-2", "sub-1"].map { .sample(room, "by \($0)", sender: CheckNames.sender($0), clientMessageId: "c-1") })
            try requireEqual(outcomes.map(\.isNew), [true, true, false], "newness")
            try requireEqual(outcomes.map(\.receipt.sequence), [1, 2, 1], "sequences")
        },
        StoreCheck("ids are a room's own") { store in
            let (first, second) = (CheckNames.unique("room"), CheckNames.unique("room"))
            let outcomes = try await store.append([first, second, first].map { .sample($0, "text", clientMessageId: "c-1") })
            try requireEqual(outcomes.map(\.isNew), [true, true, false], "newness")
        },
        StoreCheck("ids differ if their bytes do") { store in
            let room = CheckNames.unique("room")
            let ids = ["é", "e\u{301}", "É", "a", "a\u{0}", "A", "é"]
            let outcomes = try await store.append(ids.map { .sample(room, "text", clientMessageId: $0) })
            try requireEqual(outcomes.map(\.isNew), [true, true, true, true, true, true, false], "newness")
        },
        StoreCheck("of repetitions at once one is kept") { store in
            let room = CheckNames.unique("room")
            let outcomes = try await withThrowingTaskGroup(of: AppendOutcome.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await store.append([.sample(room, "text", clientMessageId: "c-1")])[0] }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try requireEqual(outcomes.filter(\.isNew).count, 1, "new messages")
            try requireEqual(Set(outcomes.map(\.receipt)).count, 1, "different receipts")
            try requireEqual(try await store.position(room: room).sequence, 1, "position")
        },
    ]
}
