import ChatProtocol
public import ChatStore

extension ConnectionRecord {
    fileprivate static func sample(_ id: String = CheckNames.unique("c"), expires: Int64 = 2000, rooms: Set<String> = []) -> Self {
        Self(
            id: id, user: CheckNames.sender(), connectedAt: Timestamp(millisecondsSinceEpoch: 1000),
            expiresAt: Timestamp(millisecondsSinceEpoch: expires), rooms: rooms)
    }
}

extension StoreConformance {
    private static let now = Timestamp(millisecondsSinceEpoch: 1500)

    /// What every ``ConnectionStore`` has to do.
    public static let connections: [StoreCheck<any ConnectionStore>] = Self.connectionLife + Self.membership + Self.connectionPages

    private static let connectionLife: [StoreCheck<any ConnectionStore>] = [
        StoreCheck("a connection comes back as it was") { store in
            let connection = ConnectionRecord.sample(rooms: [CheckNames.unique("room"), CheckNames.unique("room")])
            try await store.insert(connection)
            try requireEqual(try await store.connection(id: connection.id, now: Self.now), connection, "connection")
            try requireEqual(try await store.connection(id: CheckNames.unique("c"), now: Self.now), nil, "another connection")
        },
        StoreCheck("strings of a connection keep their bytes") { store in
            for text in CheckNames.hardStrings {
                let id = CheckNames.unique("c") + text
                let room = CheckNames.unique("room") + text
                var connection = ConnectionRecord.sample(id, rooms: [room])
                connection.user = ChatMessage.Sender(id: text, name: text)
                try await store.insert(connection)
                let found = try await store.connection(id: id, now: Self.now)
                try requireEqual(found, connection, "connection")
                try requireEqual(found.map { Array($0.user.name.utf8) }, Array(text.utf8), "bytes of \(text.debugDescription)")
                try requireEqual(try await store.connections(room: room, after: nil, limit: 10, now: Self.now), [id], "members")
            }
        },
        StoreCheck("a connection is gone when it expires") { store in
            let room = CheckNames.unique("room")
            let connection = ConnectionRecord.sample(expires: 2000, rooms: [room])
            try await store.insert(connection)
            for (time, isThere) in [(1999, true), (2000, false), (2001, false)] as [(Int64, Bool)] {
                let now = Timestamp(millisecondsSinceEpoch: time)
                try requireEqual(try await store.connection(id: connection.id, now: now) != nil, isThere, "whether it is there at \(time)")
                let members = try await store.connections(room: room, after: nil, limit: 10, now: now)
                try requireEqual(members, isThere ? [connection.id] : [], "members at \(time)")
            }
        },
        StoreCheck("a connection replaces another of its id, rooms and all") { store in
            let (first, second, both) = (CheckNames.unique("room"), CheckNames.unique("room"), CheckNames.unique("room"))
            var connection = ConnectionRecord.sample(rooms: [first, both])
            try await store.insert(connection)
            connection.rooms = [second, both]
            connection.expiresAt = Timestamp(millisecondsSinceEpoch: 3000)
            try await store.insert(connection)
            try requireEqual(try await store.connection(id: connection.id, now: Self.now), connection, "connection")
            for (room, isIn) in [(first, false), (second, true), (both, true)] {
                let members = try await store.connections(room: room, after: nil, limit: 10, now: Self.now)
                try requireEqual(members, isIn ? [connection.id] : [], "members")
            }
        },
        StoreCheck("a removed connection is in no room") { store in
            let room = CheckNames.unique("room")
            let (gone, stays) = (ConnectionRecord.sample(rooms: [room]), ConnectionRecord.sample(rooms: [room]))
            try await store.insert(gone)
            try await store.insert(stays)
            try await store.remove(id: gone.id)
            try await store.remove(id: gone.id)
            try await store.remove(id: CheckNames.unique("c"))
            try requireEqual(try await store.connection(id: gone.id, now: Self.now), nil, "connection")
            try requireEqual(try await store.connections(room: room, after: nil, limit: 10, now: Self.now), [stays.id], "members")
            try await store.insert(ConnectionRecord.sample(gone.id))
            try requireEqual(try await store.connections(room: room, after: nil, limit: 10, now: Self.now), [stays.id], "members")
        },
    ]

    private static let membership: [StoreCheck<any ConnectionStore>] = [
        StoreCheck("joining and leaving twice is as once") { store in
            let room = CheckNames.unique("room")
            let connection = ConnectionRecord.sample()
            try await store.insert(connection)
            for _ in 0..<2 {
                try require(try await store.join(room: room, connectionId: connection.id, maximumRooms: 1), "it was not put in")
                try requireEqual(try await store.connection(id: connection.id, now: Self.now)?.rooms, [room], "rooms")
                try requireEqual(try await store.connections(room: room, after: nil, limit: 10, now: Self.now), [connection.id], "members")
            }
            for _ in 0..<2 {
                try await store.leave(room: room, connectionId: connection.id)
                try requireEqual(try await store.connection(id: connection.id, now: Self.now)?.rooms, [], "rooms")
                try requireEqual(try await store.connections(room: room, after: nil, limit: 10, now: Self.now), [], "members")
            }
        },
        StoreCheck("a connection is in as many rooms as it may be") { store in
            let rooms = (0..<4).map { _ in CheckNames.unique("room") }
            let connection = ConnectionRecord.sample(rooms: [rooms[0]])
            try await store.insert(connection)
            func join(_ index: Int, _ maximum: Int) async throws -> Bool {
                try await store.join(room: rooms[index], connectionId: connection.id, maximumRooms: maximum)
            }
            try require(try await join(1, 3), "the second room")
            try require(try await join(2, 3), "the third room")
            try require(try await !join(3, 3), "the fourth of three rooms")
            try require(try await join(1, 3), "a room that it is in")
            try requireEqual(try await store.connection(id: connection.id, now: Self.now)?.rooms, Set(rooms[..<3]), "rooms")
            try requireEqual(try await store.connections(room: rooms[3], after: nil, limit: 10, now: Self.now), [], "members")
            try await store.leave(room: rooms[0], connectionId: connection.id)
            try require(try await join(3, 3), "a room in place of one that was left")
        },
        StoreCheck("joins at once stay within the limit") { store in
            let connection = ConnectionRecord.sample()
            try await store.insert(connection)
            let joined = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<30 {
                    group.addTask { try await store.join(room: CheckNames.unique("room"), connectionId: connection.id, maximumRooms: 10) }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            try requireEqual(joined, 10, "joined rooms")
            try requireEqual(try await store.connection(id: connection.id, now: Self.now)?.rooms.count, 10, "rooms")
        },
        StoreCheck("only a connection can join") { store in
            let room = CheckNames.unique("room")
            try await requireError(.notFound, "joining without a connection") {
                _ = try await store.join(room: room, connectionId: CheckNames.unique("c"), maximumRooms: 10)
            }
            try await store.leave(room: room, connectionId: CheckNames.unique("c"))
            try requireEqual(try await store.connections(room: room, after: nil, limit: 10, now: Self.now), [], "members")
        },
    ]

    private static let connectionPages: [StoreCheck<any ConnectionStore>] = [
        StoreCheck("a room's members come in the order of their ids, page after page") { store in
            let room = CheckNames.unique("room")
            let prefix = CheckNames.unique("c")
            let ids = (0..<25).map { "\(prefix)-\(100 + $0)" }
            for (index, id) in ids.shuffled().enumerated() {
                try await store.insert(.sample(id, rooms: index % 2 == 0 ? [room] : []))
                if index % 2 == 1 { _ = try await store.join(room: room, connectionId: id, maximumRooms: 10) }
            }
            for limit in [1, 7, 25, 100] {
                var found: [String] = []
                while true {
                    let page = try await store.connections(room: room, after: found.last, limit: limit, now: Self.now)
                    try require(page.count <= limit, "a page of \(limit) has \(page.count)")
                    if page.isEmpty { break }
                    found += page
                }
                try requireEqual(found, ids, "members in pages of \(limit)")
            }
        },
        StoreCheck("the expired are passed over, and do not shorten a page") { store in
            let room = CheckNames.unique("room")
            let prefix = CheckNames.unique("c")
            for index in 0..<20 {
                try await store.insert(
                    .sample(
                        "\(prefix)-\(100 + index)", expires: index < 10 ? 1500 : 1501,
                        rooms: [room]))
            }
            let page = try await store.connections(room: room, after: nil, limit: 5, now: Self.now)
            try requireEqual(page, (10..<15).map { "\(prefix)-\(100 + $0)" }, "members")
        },
        StoreCheck("a page may begin after an id that is gone") { store in
            let room = CheckNames.unique("room")
            let prefix = CheckNames.unique("c")
            for index in [1, 2, 3] { try await store.insert(.sample("\(prefix)-\(index)", rooms: [room])) }
            try await store.remove(id: "\(prefix)-2")
            let page = try await store.connections(room: room, after: "\(prefix)-2", limit: 5, now: Self.now)
            try requireEqual(page, ["\(prefix)-3"], "members")
        },
    ]
}
