import ChatProtocol
import ChatStore
import ChatTesting
import Testing

/// A suite that lets everything pass is worth nothing: these stores are wrong, each in one way, and some check must see it.
struct ConformanceFailureTests {
    /// A store that spoils what a right one says.
    struct SpoiledStore: MessageStore {
        enum Fault: CaseIterable {
            case startsAtZero, forgetsRepetitions, reversesPages, alwaysMore, neverMore, cutsAtZero, ignoresBytes, newEpochs, staleHistory,
                countsWrongly, sharesRooms, bothBounds
        }

        let fault: Fault
        let base = InMemoryStore()

        func append(_ messages: [NewMessage]) async throws -> [AppendOutcome] {
            var messages = messages
            for index in messages.indices {
                switch self.fault {
                case .forgetsRepetitions: messages[index].clientMessageId = nil
                case .cutsAtZero: messages[index].message = String(messages[index].message.prefix { $0 != "\u{0}" })
                case .sharesRooms: messages[index].room = "all"
                default: break
                }
            }
            var outcomes = try await self.base.append(messages)
            if self.fault == .startsAtZero {
                for index in outcomes.indices { outcomes[index].receipt.sequence -= 1 }
            }
            return outcomes
        }

        func history(room: String, range: HistoryRange, limit: Int, maximumBytes: Int) async throws -> HistoryPage {
            var range = range
            if self.fault == .bothBounds, case .before(let sequence) = range, sequence < .max { range = .before(sequence + 1) }
            let bytes = self.fault == .ignoresBytes ? .max : maximumBytes
            var page = try await self.base.history(
                room: self.fault == .sharesRooms ? "all" : room, range: range, limit: limit, maximumBytes: bytes)
            switch self.fault {
            case .reversesPages: page.messages.reverse()
            case .alwaysMore: page.hasMore = true
            case .neverMore: page.hasMore = false
            case .staleHistory where range == .newest: page.messages = page.messages.dropLast()
            default: break
            }
            return page
        }

        func position(room: String) async throws -> RoomPosition {
            var position = try await self.base.position(room: room)
            if self.fault == .newEpochs { position.epoch = String(UInt64.random(in: 0...UInt64.max)) }
            if self.fault == .countsWrongly { position.sequence += 1 }
            return position
        }
    }

    @Test(arguments: SpoiledStore.Fault.allCases)
    func someCheckSees(_ fault: SpoiledStore.Fault) async throws {
        var failures: [ConformanceFailure] = []
        // Not the checks that read until there is no more: with this fault they would read for ever.
        for check in StoreConformance.messages where !(fault == .alwaysMore && check.name.hasPrefix("page after page")) {
            do {
                try await check.run(on: SpoiledStore(fault: fault))
            } catch let failure as ConformanceFailure {
                failures.append(failure)
            }
        }
        #expect(!failures.isEmpty)
        for failure in failures {
            #expect(failure.fileID.hasPrefix("ChatTesting/StoreConformance+"))
            #expect(failure.line > 0 && !failure.message.isEmpty)
        }
    }
}
