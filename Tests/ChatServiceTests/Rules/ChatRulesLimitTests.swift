import ChatProtocol
import ChatService
import ChatStore
import Testing

/// Every limit of a request: what just fits, and one byte more.
struct ChatRulesLimitTests {
    @Test(arguments: ["x", "é", "👋"] as [Character])
    func aMessageHasAtMost16384Bytes(_ character: Character) {
        let rules = ChatRules.sample()
        #expect(rules.step(.sendMessage(.init(message: text(16_384, of: character)))).appended != nil)
        let error = rules.step(.sendMessage(.init(message: text(16_385, of: character)))).error
        #expect(error?.code == .messageTooLong)
        #expect(error?.message == "\"message\" is longer than 16384 bytes.")
    }

    @Test func aMessageHasAtLeastOneByte() {
        #expect(ChatRules.sample().step(.sendMessage(.init(message: ""))).error?.code == .invalidField)
        #expect(ChatRules.sample().step(.sendMessage(.init(message: " "))).appended != nil)
    }

    @Test(arguments: ["x", "é"] as [Character])
    func aRoomHas1To128Bytes(_ character: Character) {
        let rules = ChatRules.sample()
        for action in [{ ChatAction.joinRoom(room: $0) }, { .leaveRoom(room: $0) }] as [(String) -> ChatAction] {
            #expect(rules.step(action(text(128, of: character))).error == nil)
            #expect(rules.step(action(text(129, of: character))).error?.code == .invalidRoom)
            #expect(rules.step(action("")).error?.code == .invalidRoom)
        }
    }

    /// Said before `notInRoom`, which could not be mended by joining.
    @Test(arguments: [129, 10_000_000])
    func aRoomThatIsTooLongIsInvalidWhateverIsAskedOfIt(_ count: Int) {
        let rules = ChatRules.sample()
        let room = text(count)
        #expect(rules.step(.sendMessage(.init(room: room, message: "a"))).error?.code == .invalidRoom)
        #expect(rules.step(.history(.init(room: room))).error?.code == .invalidRoom)
    }

    @Test func aClientMessageIdHas1To128Bytes() {
        let rules = ChatRules.sample()
        func step(_ id: String) -> ChatStep { rules.step(.sendMessage(.init(message: "a", clientMessageId: id))) }
        #expect(step("x").appended?.clientMessageId == "x")
        #expect(step(text(128)).appended?.clientMessageId == text(128))
        #expect(step(text(129)).error?.code == .invalidField)
        #expect(step(text(130, of: "é")).error?.code == .invalidField)
        #expect(step("").error?.code == .invalidField)
    }

    @Test func aConnectionMayBeIn100Rooms() {
        let rules = ChatRules.sample()
        let rooms = Set((1...100).map { "room-\($0)" })
        #expect(rules.step(.joinRoom(room: "room-101"), rooms: rooms.subtracting(["room-1"])) == .join(room: "room-101", ref: nil))
        let error = rules.step(.joinRoom(room: "room-101"), rooms: rooms).error
        #expect(error == ChatError(.tooManyRooms, "A connection may be in 100 rooms."))
        #expect(rules.step(.joinRoom(room: "room-100"), rooms: rooms) == .join(room: "room-100", ref: nil), "it is in that one")
    }

    @Test func theStoreMayFindThatItIsOneRoomTooMany() {
        let event = ChatRules.sample().refusedToJoin(ref: "3")
        #expect(event == ChatEvent(.error(ChatError(.tooManyRooms, "A connection may be in 100 rooms.")), ref: "3"))
    }

    @Test func everyLimitCanBeChanged() {
        let rules = ChatRules.sample { limits in
            limits.maximumMessageBytes = 3
            limits.maximumRoomBytes = 7
            limits.maximumIdentifierBytes = 2
            limits.maximumRoomsPerConnection = 1
            limits.maximumHistoryPage = 5
            limits.defaultHistoryPage = 4
            limits.maximumHistoryPageBytes = 10
        }
        #expect(rules.step(.sendMessage(.init(message: "abc"))).appended != nil)
        #expect(rules.step(.sendMessage(.init(message: "abcd"))).error?.code == .messageTooLong)
        #expect(rules.step(.leaveRoom(room: "generals")).error?.code == .invalidRoom)
        #expect(rules.step(.ping, ref: "123").error?.code == .invalidField)
        #expect(rules.step(.joinRoom(room: "b"), rooms: ["a"]).error?.message == "A connection may be in 1 rooms.")
        #expect(rules.step(.history(.init())).read == HistoryRead(room: "general", range: .newest, limit: 4, maximumBytes: 10))
        #expect(rules.step(.history(.init(limit: 6))).read?.limit == 5)
    }
}
