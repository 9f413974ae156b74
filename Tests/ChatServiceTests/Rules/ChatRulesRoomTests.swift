import ChatProtocol
import ChatService
import Testing

/// Which names a room may have.
struct ChatRulesRoomTests {
    private static let room = ChatError(.invalidRoom, "\"room\" must have 1 to 128 bytes and no control characters.")

    @Test(arguments: ["a", " ", "~", "GENERAL", "a/b?c#d", "Gr\u{FC}\u{DF}e", "日本語", "👋🏽", "\u{A0}", "..", "\"\\"])
    func aRoomMayHaveAnyOtherName(_ room: String) {
        #expect(ChatRules.sample().step(.joinRoom(room: room)) == .join(room: room, ref: nil))
    }

    @Test(arguments: ["\u{0}", "a\u{0}b", "\n", "a\r\nb", "\u{1B}[2J", "\u{1F}", "\u{7F}", "general\t", "\u{80}", "\u{85}", "a\u{9F}"])
    func aRoomHasNoControlCharacters(_ room: String) {
        let rules = ChatRules.sample()
        #expect(rules.step(.joinRoom(room: room)).error == Self.room)
        #expect(rules.step(.leaveRoom(room: room)).error == Self.room)
        #expect(rules.step(.history(.init(room: room))).error == Self.room)
        #expect(rules.step(.sendMessage(.init(room: room, message: "a"))).error == Self.room)
    }

    /// "é" as one scalar or as two, "한" as a syllable or as its letters, the ångström sign: Swift takes both spellings for equal, a store does not.
    @Test(arguments: ["e\u{301}", "caf\u{65}\u{301}", "\u{1112}\u{1161}\u{11AB}", "\u{212B}"])
    func aRoomIsInNormalisationFormC(_ room: String) {
        let error = ChatRules.sample().step(.joinRoom(room: room)).error
        #expect(error == ChatError(.invalidRoom, "\"room\" must be in Unicode's normalisation form C."))
    }

    @Test func itsOtherSpellingIsNotTheRoomThatOneIsIn() {
        let step = ChatRules.sample().step(.sendMessage(.init(room: "e\u{301}", message: "a")), rooms: ["\u{E9}"])
        #expect(step.error?.code == .invalidRoom)
    }

    @Test(arguments: [ChatAction.sendMessage(.init(room: "swift", message: "a")), .history(.init(room: "swift"))])
    func readingAndWritingAreForThoseInTheRoom(_ action: ChatAction) {
        let rules = ChatRules.sample()
        let step = rules.step(action, ref: "5")
        #expect(step.answer == ChatEvent(.error(ChatError(.notInRoom, "Join the room first.")), ref: "5"))
        #expect(rules.step(action, rooms: ["swift"]).error == nil)
    }

    @Test func whoHasLeftTheDefaultRoomIsNotInIt() {
        #expect(ChatRules.sample().step(#"{"action":"sendMessage","message":"a"}"#, rooms: []).error?.code == .notInRoom)
    }
}
