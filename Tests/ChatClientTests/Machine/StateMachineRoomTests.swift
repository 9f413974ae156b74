import ChatProtocol
import Testing

@testable import ChatClient

/// The rooms that a client is to be in, over one connection and the next.
struct StateMachineRoomTests {
    @Test func everyRoomIsEnteredOnEveryConnection() {
        var machine = ChatClient.StateMachine.sample(rooms: ["general", "b", "a"])
        for _ in 1...3 {
            #expect(machine.connected().requests.map(\.action) == ["a", "b", "general"].map { .joinRoom(room: $0) })
            machine.disconnected()
        }
    }

    @Test func aRoomThatWasJoinedIsRejoined() throws {
        var machine = ChatClient.StateMachine.inGeneral()
        let (id, actions) = try machine.ask(.joinRoom(room: "swift"))
        let joined = ChatEvent(.joined(.sample(4, room: "swift")), ref: actions.requests[0].ref)
        #expect(machine.receive(joined) == [.finish(id, joined)])
        #expect(machine.hear(5, room: "swift").shown == [5])
        machine.disconnected()
        let again = machine.connected().requests
        #expect(again.map(\.action) == [.joinRoom(room: "general"), .joinRoom(room: "swift")])
        let catchUp = machine.receive(ChatEvent(.joined(.sample(7, room: "swift")), ref: again[1].ref)).requests
        #expect(catchUp.map(\.action) == [.history(HistoryQuery(room: "swift", after: 5))])
        #expect(machine.receive(ChatEvent(.history(.sample(6...7, room: "swift")), ref: catchUp[0].ref)).shown == [6, 7])
    }

    @Test func aRoomThatWasLeftIsNot() throws {
        var machine = ChatClient.StateMachine.inGeneral()
        let (id, actions) = try machine.ask(.leaveRoom(room: "general"))
        #expect(machine.hear(1) == [], "it is left from when that was asked")
        let left = ChatEvent(.left(room: "general"), ref: actions.requests[0].ref)
        #expect(machine.receive(left) == [.finish(id, left)])
        machine.disconnected()
        #expect(machine.connected().requests == [])
    }

    @Test func messagesOfARoomThatOneIsNotInAreNotShown() {
        var machine = ChatClient.StateMachine.inGeneral()
        #expect(machine.hear(1, room: "elsewhere") == [])
    }

    @Test func aRoomThatCannotBeEnteredIsForgotten() throws {
        var machine = ChatClient.StateMachine.inGeneral()
        let (id, actions) = try machine.ask(.joinRoom(room: "x"))
        #expect(machine.fail(.tooManyRooms, actions.requests[0]) == [.fail(id, ChatError(.tooManyRooms, ""))])
        machine.disconnected()
        #expect(machine.connected().requests.map(\.action) == [.joinRoom(room: "general")])
    }

    /// The client was in the room before it asked, and is still.
    @Test func regressionAFailedJoinOfARoomThatOneIsInChangesNothing() throws {
        var machine = ChatClient.StateMachine.inGeneral()
        let (id, actions) = try machine.ask(.joinRoom(room: "general"))
        #expect(machine.fail(.unavailable, actions.requests[0]) == [.fail(id, ChatError(.unavailable, ""))])
        #expect(machine.hear(1).shown == [1])
        machine.disconnected()
        #expect(machine.connected().requests.map(\.action) == [.joinRoom(room: "general")])
    }

    @Test(arguments: [ChatErrorCode.unavailable, .internalError])
    func aRejoinThatFailsForNowIsTriedOnAnotherConnection(_ code: ChatErrorCode) {
        var machine = ChatClient.StateMachine.inGeneral(5)
        machine.disconnected()
        let requests = machine.connected().requests
        #expect(machine.fail(code, requests[0]) == [.reconnect])
        machine.disconnected()
        let again = machine.connected().requests
        #expect(machine.receive(ChatEvent(.joined(.sample(6)), ref: again[0].ref)).requests.map(\.action) == [.history(.init(after: 5))])
    }

    @Test(arguments: [ChatErrorCode.tooManyRooms, .invalidRoom, .init(rawValue: "banned")])
    func aRejoinThatFailsForGoodIsTold(_ code: ChatErrorCode) {
        var machine = ChatClient.StateMachine.inGeneral()
        machine.disconnected()
        let requests = machine.connected().requests
        let event = ChatEvent(.error(ChatError(code, "")), ref: requests[0].ref)
        #expect(machine.receive(event) == [.tell(.other(event))])
        machine.disconnected()
        #expect(machine.connected().requests == [])
    }

    @Test func theNumberingThatBeginsAnewIsTold() {
        var machine = ChatClient.StateMachine.inGeneral(5)
        machine.disconnected()
        let requests = machine.connected().requests
        let actions = machine.receive(ChatEvent(.joined(.sample(1, epoch: "e2")), ref: requests[0].ref))
        #expect(actions == [.tell(.restarted(room: "general"))])
        #expect(machine.hear(2).shown == [2])
    }

    @Test func whatIsTooMuchToFetchIsTold() {
        var machine = ChatClient.StateMachine.inGeneral(5, maximumCatchUp: 10)
        machine.disconnected()
        let requests = machine.connected().requests
        let actions = machine.receive(ChatEvent(.joined(.sample(25)), ref: requests[0].ref))
        #expect(actions.told == [.missed(room: "general", 6...15)])
        #expect(actions.requests.map(\.action) == [.history(HistoryQuery(after: 15))])
    }

    @Test func aCatchUpGoesOnPageByPage() {
        var machine = ChatClient.StateMachine.inGeneral(0)
        machine.disconnected()
        let requests = machine.connected().requests
        var actions = machine.receive(ChatEvent(.joined(.sample(3)), ref: requests[0].ref))
        var shown: [Int64] = []
        for sequence in 1...3 as ClosedRange<Int64> {
            #expect(actions.requests.map(\.action) == [.history(HistoryQuery(after: sequence - 1))])
            actions = machine.receive(
                ChatEvent(.history(.sample([sequence], hasMore: sequence < 3)), ref: actions.requests.first?.ref))
            shown += actions.shown
        }
        #expect(shown == [1, 2, 3])
        #expect(actions.requests == [])
    }

    /// In a quiet room nothing else would show that messages are missing.
    @Test(arguments: [ChatErrorCode.unavailable, .internalError])
    func regressionACatchUpThatFailsForNowIsTriedOnAnotherConnection(_ code: ChatErrorCode) {
        var machine = ChatClient.StateMachine.inGeneral(5)
        machine.disconnected()
        let join = machine.connected().requests.first
        let history = machine.receive(ChatEvent(.joined(.sample(7)), ref: join?.ref)).requests.first
        #expect(machine.fail(code, history) == [.reconnect])
        machine.disconnected()
        let again = machine.connected().requests.first
        #expect(machine.receive(ChatEvent(.joined(.sample(7)), ref: again?.ref)).requests.map(\.action) == [.history(.init(after: 5))])
    }

    @Test func aCatchUpThatFailsForGoodIsTriedWithTheNextMessage() {
        var machine = ChatClient.StateMachine.inGeneral(5)
        machine.disconnected()
        let join = machine.connected().requests.first
        let history = machine.receive(ChatEvent(.joined(.sample(7)), ref: join?.ref)).requests.first
        #expect(machine.fail(.notInRoom, history) == [])
        #expect(machine.hear(8).requests.map(\.action) == [.history(.init(after: 5))])
    }

    @Test func whatTheClientAskedItselfIsForgottenWithTheConnection() {
        var machine = ChatClient.StateMachine.inGeneral(5, maximumPending: 1)
        machine.disconnected()
        let old = machine.connected().requests[0]
        machine.disconnected()
        let new = machine.connected().requests[0]
        #expect(new.ref != old.ref)
        #expect(machine.receive(ChatEvent(.joined(.sample(9)), ref: old.ref)) == [], "an answer of the old connection")
        #expect(machine.receive(ChatEvent(.joined(.sample(6)), ref: new.ref)).requests.map(\.action) == [.history(.init(after: 5))])
    }

    @Test func aPageForARoomThatWasLeftMeanwhileIsNotShown() throws {
        var machine = ChatClient.StateMachine.inGeneral(5)
        let history = machine.hear(8).requests.first
        _ = try machine.ask(.leaveRoom(room: "general"))
        #expect(machine.receive(ChatEvent(.history(.sample(6...8)), ref: history?.ref)) == [])
    }
}
