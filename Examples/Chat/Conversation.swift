import ChatClient
import ChatProtocol
import ChatTransport

/// Sends what is typed and prints what is heard.
struct Conversation: Sendable {
    let chat: ChatClient
    let terminal: Terminal
    let room: String
    /// Whose messages are not printed: they stand on the terminal already.
    let username: String

    func run(history: Int, listen: Bool) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            if history > 0 { try await self.showHistory(self.room, limit: history) }
            group.addTask { await self.showEvents() }
            try await self.sendInput()
            if !listen { group.cancelAll() }
        }
    }

    private func showEvents() async {
        for await event in self.chat.events {
            switch event {
            case .message(let message): self.show(message)
            case .connected: self.terminal.note("connected")
            case .disconnected(let closure):
                self.terminal.note("connection lost\(closure.map { " (\($0.code.rawValue))" } ?? ""), trying again")
            case .missed(let room, let range): self.terminal.note("missed \(range.count) messages in \(room)")
            case .restarted(let room): self.terminal.note("\(room) has begun anew")
            case .dropped(let count): self.terminal.note("\(count) events were dropped")
            case .other(let event):
                if case .error(let error) = event.kind { self.terminal.note("error: \(error.message)") }
            }
        }
    }

    private func show(_ message: ChatMessage) {
        guard message.sender.name != self.username else { return }
        self.terminal.print("[\(message.room)] \(message.sender.name): \(message.message)")
    }

    private func sendInput() async throws {
        var room = self.room
        for await line in self.terminal.lines() {
            do {
                if line.hasPrefix("/") {
                    guard let next = try await self.perform(line, room: room) else { return }
                    room = next
                } else if !line.isEmpty {
                    _ = try await self.chat.send(line, to: room)
                }
            } catch let error as ChatClientError where error.code == .refused || error.code == .timedOut {
                self.terminal.note("not sent: \(error.message)")
            }
        }
    }

    /// - Returns: the room to talk in from now on; nil to end.
    private func perform(_ command: String, room: String) async throws -> String? {
        let words = command.split(separator: " ", maxSplits: 1).map(String.init)
        let argument = words.count > 1 ? words[1] : nil
        switch (words[0], argument) {
        case ("/quit", _): return nil
        case ("/join", let name?):
            let position = try await self.chat.join(name)
            self.terminal.note("in \(name), which has \(position.sequence) messages")
            return name
        case ("/leave", _):
            let name = argument ?? room
            try await self.chat.leave(name)
            self.terminal.note("left \(name)")
            return name == room ? ChatDefaults.room : room
        case ("/history", _): try await self.showHistory(room, limit: argument.flatMap { Int($0) } ?? 20)
        default: self.terminal.note("/join ROOM, /leave [ROOM], /history [COUNT], /quit")
        }
        return room
    }

    private func showHistory(_ room: String, limit: Int) async throws {
        let page = try await self.chat.history(HistoryQuery(room: room, limit: Int64(limit)))
        for message in page.messages { self.terminal.print("[\(message.room)] \(message.sender.name): \(message.message)") }
    }
}
