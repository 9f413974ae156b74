import ChatProtocol
import ChatService
import ChatStore
import Testing

/// What each action of the protocol asks of a host.
struct ChatRulesActionTests {
    let clock = ManualClock()

    @Test func aMessageIsAppended() {
        let step = ChatRules.sample(clock: self.clock).step(
            #"{"action":"sendMessage","ref":"1","room":"swift","message":"hello","clientMessageId":"c-1"}"#, rooms: ["swift"])
        let message = NewMessage(
            room: "swift", messageId: "m-1", sender: .alice, message: "hello", sentAt: self.clock.now, clientMessageId: "c-1")
        #expect(step == .append(message, ref: "1"))
    }

    @Test func theShortestMessageGoesToTheDefaultRoom() {
        let step = ChatRules.sample(clock: self.clock).step(#"{"action":"sendMessage","message":"hello"}"#)
        let message = NewMessage(room: "general", messageId: "m-1", sender: .alice, message: "hello", sentAt: self.clock.now)
        #expect(step == .append(message, ref: nil))
    }

    @Test func everyMessageHasItsOwnIdAndTime() {
        let rules = ChatRules.sample(clock: self.clock)
        let first = rules.step(.sendMessage(.init(message: "a"))).appended
        self.clock.advance(by: .milliseconds(1500))
        let second = rules.step(.sendMessage(.init(message: "a"))).appended
        #expect(first?.messageId == "m-1")
        #expect(second?.messageId == "m-2")
        #expect(first?.sentAt.description == "2026-11-24T07:00:00.000Z")
        #expect(second?.sentAt.description == "2026-11-24T07:00:01.500Z")
    }

    @Test(arguments: ["swift", "general"])
    func aRoomIsJoined(_ room: String) {
        #expect(ChatRules.sample().step(#"{"action":"joinRoom","ref":"3","room":"\#(room)"}"#) == .join(room: room, ref: "3"))
    }

    @Test func aRoomIsLeft() {
        let rules = ChatRules.sample()
        #expect(rules.step(#"{"action":"leaveRoom","ref":"4"}"#) == .leave(room: "general", ref: "4"))
        #expect(rules.step(#"{"action":"leaveRoom","room":"swift"}"#) == .leave(room: "swift", ref: nil), "not being in it is no error")
    }

    @Test func joiningWithoutARoomMeansTheDefault() {
        #expect(ChatRules.sample().step(#"{"action":"joinRoom"}"#, rooms: []) == .join(room: "general", ref: nil))
    }

    @Test func historyIsRead() {
        let step = ChatRules.sample().step(#"{"action":"history","ref":"2","room":"general","before":51,"limit":20}"#)
        #expect(step == .readHistory(HistoryRead(room: "general", range: .before(51), limit: 20, maximumBytes: 65_536), ref: "2"))
    }

    @Test func aPingIsAnsweredAtOnce() {
        let rules = ChatRules.sample()
        #expect(rules.step(#"{"action":"ping","ref":"7"}"#) == .answer(ChatEvent(.pong, ref: "7")))
        #expect(rules.step(#"{"action":"ping"}"#, rooms: []) == .answer(ChatEvent(.pong)))
    }

    @Test func fieldsOfANewerProtocolAreIgnored() {
        let step = ChatRules.sample().step(#"{"action":"ping","ref":"7","priority":3,"x":{"y":[]},"message":"unused"}"#)
        #expect(step == .answer(ChatEvent(.pong, ref: "7")))
    }

    @Test func theTextIsNotTouched() {
        let text = " Grüße 👋\u{0}\n\"quoted\" e\u{301} "
        #expect(ChatRules.sample().step(.sendMessage(.init(message: text))).appended?.message.utf8.elementsEqual(text.utf8) == true)
    }
}
