import ChatProtocol
import Testing

@testable import ChatClient

/// Requests and their answers, over one connection and the next.
struct StateMachineRequestTests {
    private static func send(_ text: String) -> ChatAction { .sendMessage(OutgoingMessage(message: text, clientMessageId: text)) }

    @Test func aRequestIsSentAtOnceAndItsAnswerIsFound() throws {
        var machine = ChatClient.StateMachine.inGeneral()
        let first = try machine.ask(Self.send("a"))
        let second = try machine.ask(.ping)
        #expect(first.actions.requests.map(\.action) == [Self.send("a")])
        #expect(first.actions.requests[0].ref == String(first.id) && first.id != second.id)
        let pong = ChatEvent(.pong, ref: String(second.id))
        #expect(machine.receive(pong) == [.finish(second.id, pong)], "in whatever order")
        let receipt = ChatEvent(.messageAccepted(.init(room: "general", sequence: 1, messageId: "m")), ref: String(first.id))
        #expect(machine.receive(receipt) == [.finish(first.id, receipt)])
        #expect(machine.receive(receipt) == [], "once")
    }

    @Test func anErrorFailsItsRequest() throws {
        var machine = ChatClient.StateMachine.inGeneral()
        let (id, actions) = try machine.ask(Self.send("a"))
        #expect(machine.fail(.messageTooLong, actions.requests[0]) == [.fail(id, ChatError(.messageTooLong, ""))])
    }

    @Test(arguments: [nil, "", "0", "-1", "999", "x", "1x"])
    func anAnswerToNothingIsIgnored(_ ref: String?) throws {
        var machine = ChatClient.StateMachine.inGeneral()
        _ = try machine.ask(.ping)
        #expect(machine.receive(ChatEvent(.pong, ref: ref)) == [])
        #expect(machine.receive(ChatEvent(.error(ChatError(.malformedRequest, "")), ref: ref)) == [])
        #expect(machine.isConnected)
    }

    @Test func whatIsAskedWithoutAConnectionWaitsForOne() throws {
        var machine = ChatClient.StateMachine.sample(rooms: [])
        #expect(try machine.ask(Self.send("a")).actions == [])
        #expect(try machine.ask(Self.send("b")).actions == [])
        #expect(machine.connected().requests.map(\.action) == [Self.send("a"), Self.send("b")])
    }

    @Test func whatHasNoAnswerIsSentAgainInItsOrder() throws {
        var machine = ChatClient.StateMachine.inGeneral(maximumPending: 100)
        var ids: [Int64] = []
        for index in 1...30 { ids.append(try machine.ask(Self.send("\(index)")).id) }
        for id in [ids[0], ids[9]] {
            _ = machine.receive(ChatEvent(.messageAccepted(.init(room: "general", sequence: 1, messageId: "m")), ref: String(id)))
        }
        machine.disconnected()
        #expect(!machine.isConnected)
        let requests = machine.connected().requests
        #expect(requests[0].action == .joinRoom(room: "general"), "back into the room first")
        #expect(requests.dropFirst().map(\.action) == (1...30).filter { $0 != 1 && $0 != 10 }.map { Self.send("\($0)") })
        #expect(requests.dropFirst().map(\.ref) == ids.filter { $0 != ids[0] && $0 != ids[9] }.map { String($0) }, "under the same refs")
        #expect(Set(requests.map(\.ref)).count == requests.count)
    }

    @Test func aRequestThatWasGivenUpIsNotSentAgain() throws {
        var machine = ChatClient.StateMachine.inGeneral()
        let (id, _) = try machine.ask(Self.send("a"))
        machine.forget(id)
        #expect(machine.receive(ChatEvent(.pong, ref: String(id))) == [])
        machine.disconnected()
        #expect(machine.connected().requests.map(\.action) == [.joinRoom(room: "general")])
    }

    @Test func soManyMayWaitAndNoMore() throws {
        var machine = ChatClient.StateMachine.inGeneral(maximumPending: 3)
        var ids: [Int64] = []
        for _ in 1...3 { ids.append(try machine.ask(.ping).id) }
        #expect(machine.request(.ping)?.id == nil)
        #expect(machine.request(.joinRoom(room: "x"))?.id == nil)
        _ = machine.receive(ChatEvent(.pong, ref: String(ids[1])))
        #expect(machine.request(.ping)?.id != nil)
        #expect(machine.request(.ping)?.id == nil)
        machine.disconnected()
        #expect(machine.connected().requests.map(\.action) == [.joinRoom(room: "general"), .ping, .ping, .ping], "without the room x")
    }

    @Test func anEventOfANewerProtocolIsHandedOn() {
        var machine = ChatClient.StateMachine.inGeneral()
        let event = ChatEvent(.unknown(type: "typing"))
        #expect(machine.receive(event) == [.tell(.other(event))])
    }

    @Test func aConnectionIsAnnounced() {
        var machine = ChatClient.StateMachine.sample()
        #expect(machine.connected().told == [.connected])
        machine.disconnected()
        #expect(machine.connected().told == [.connected])
    }
}
