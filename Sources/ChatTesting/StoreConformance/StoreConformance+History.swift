import ChatProtocol
import ChatStore

extension StoreConformance {
    static let history: [StoreCheck<any MessageStore>] = [
        StoreCheck("an empty room has an empty page") { store in
            let room = CheckNames.unique("room")
            for range in [HistoryRange.newest, .before(1), .before(.max), .before(.min), .after(0), .after(.max), .after(.min)] {
                let page = try await store.history(room: room, range: range, limit: 10, maximumBytes: 1000)
                try requireEqual(page, HistoryPage(room: room, messages: [], hasMore: false), "page of \(range)")
            }
        },
        StoreCheck("a page has the messages that it should, oldest first") { store in
            let room = CheckNames.unique("room")
            try await store.fill(room, 10)
            let expected: [(HistoryRange, Int, ClosedRange<Int64>?, Bool)] = [
                (.newest, 3, 8...10, true), (.newest, 9, 2...10, true), (.newest, 10, 1...10, false), (.newest, 11, 1...10, false),
                (.newest, 1, 10...10, true),
                (.before(6), 2, 4...5, true), (.before(6), 4, 2...5, true), (.before(6), 5, 1...5, false), (.before(6), 6, 1...5, false),
                (.before(11), 2, 9...10, true), (.before(1000), 2, 9...10, true), (.before(2), 5, 1...1, false),
                (
                    .before(1), 5, nil,
                    false
                ),
                (.before(0), 5, nil, false), (.before(-1), 5, nil, false),
                (.after(4), 2, 5...6, true), (.after(4), 5, 5...9, true), (.after(4), 6, 5...10, false), (.after(4), 7, 5...10, false),
                (.after(0), 3, 1...3, true), (.after(-5), 3, 1...3, true), (.after(9), 5, 10...10, false), (.after(10), 5, nil, false),
                (.after(1000), 5, nil, false),
            ]
            for (range, limit, sequences, hasMore) in expected {
                let page = try await store.history(room: room, range: range, limit: limit, maximumBytes: 1000)
                try requireEqual(page.messages.map(\.sequence), sequences.map(Array.init) ?? [], "\(limit) of \(range)")
                try requireEqual(page.messages.map(\.message), sequences.map { $0.map(String.init) } ?? [], "texts of \(limit) of \(range)")
                try requireEqual(page.hasMore, hasMore, "whether there are more than \(limit) of \(range)")
                try requireEqual(page.room, room, "room")
            }
        },
        StoreCheck("the greatest and the least bounds are bounds") { store in
            let room = CheckNames.unique("room")
            try await store.fill(room, 3)
            let expected: [(HistoryRange, [Int64])] = [
                (.before(.max), [1, 2, 3]), (.before(.min), []), (.before(.min + 1), []), (.after(.min), [1, 2, 3]), (.after(.max), []),
                (.after(.max - 1), []),
            ]
            for (range, sequences) in expected {
                let page = try await store.history(room: room, range: range, limit: .max, maximumBytes: .max)
                try requireEqual(page.messages.map(\.sequence), sequences, "\(range)")
                try require(!page.hasMore, "\(range) says that there are more")
            }
        },
        StoreCheck("a page ends before it has too many bytes") { store in
            let room = CheckNames.unique("room")
            _ = try await store.append((0..<4).map { _ in .sample(room, "éé") })  // 4 bytes each.
            let expected: [(bytes: Int, newest: [Int64], after: [Int64], hasMore: Bool)] = [
                (8, [3, 4], [1, 2], true), (11, [3, 4], [1, 2], true), (12, [2, 3, 4], [1, 2, 3], true), (15, [2, 3, 4], [1, 2, 3], true),
                (16, [1, 2, 3, 4], [1, 2, 3, 4], false), (4, [4], [1], true),
            ]
            for (bytes, newest, after, hasMore) in expected {
                let newestPage = try await store.history(room: room, range: .newest, limit: 10, maximumBytes: bytes)
                try requireEqual(newestPage.messages.map(\.sequence), newest, "newest of \(bytes) bytes")
                try requireEqual(newestPage.hasMore, hasMore, "whether there are more than \(bytes) bytes")
                let afterPage = try await store.history(room: room, range: .after(0), limit: 10, maximumBytes: bytes)
                try requireEqual(afterPage.messages.map(\.sequence), after, "first of \(bytes) bytes")
                try requireEqual(afterPage.hasMore, hasMore, "whether there are more than \(bytes) bytes")
            }
        },
        StoreCheck("the first message fits, whatever its size") { store in
            let room = CheckNames.unique("room")
            _ = try await store.append([.sample(room, "a long text"), .sample(room, "another long text"), .sample(room, "a third")])
            for bytes in [0, 1, 5] {
                let page = try await store.history(room: room, range: .newest, limit: 10, maximumBytes: bytes)
                try requireEqual(page.messages.map(\.sequence), [3], "newest of \(bytes) bytes")
                try require(page.hasMore, "a page that ends at its bytes says that there are no more")
                let last = try await store.history(room: room, range: .before(2), limit: 10, maximumBytes: bytes)
                try requireEqual(last.messages.map(\.sequence), [1], "before 2 of \(bytes) bytes")
                try require(!last.hasMore, "the oldest message says that there are older ones")
            }
        },
        StoreCheck("page after page is everything, both ways") { store in
            let room = CheckNames.unique("room")
            try await store.fill(room, 23)
            var older: [Int64] = []
            var range = HistoryRange.newest
            while true {
                let page = try await store.history(room: room, range: range, limit: 5, maximumBytes: 7)
                older = page.messages.map(\.sequence) + older
                guard page.hasMore, let first = page.messages.first else { break }
                range = .before(first.sequence)
            }
            try requireEqual(older, Array(1...23), "sequences, backwards")
            var newer: [Int64] = []
            while true {
                let page = try await store.history(room: room, range: .after(newer.last ?? 0), limit: 5, maximumBytes: 7)
                newer += page.messages.map(\.sequence)
                guard page.hasMore, !page.messages.isEmpty else { break }
            }
            try requireEqual(newer, Array(1...23), "sequences, forwards")
        },
        StoreCheck("what was appended is there at once") { store in
            let room = CheckNames.unique("room")
            for count in 1...20 {
                _ = try await store.append([.sample(room, "text")])
                try requireEqual(try await store.everything(room).count, count, "messages")
                try requireEqual(try await store.position(room: room).sequence, Int64(count), "position")
            }
        },
    ]
}
