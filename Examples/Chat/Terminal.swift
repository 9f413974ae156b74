import Foundation

/// Standard input and output, for a person or a pipe.
struct Terminal: Sendable {
    /// Prints a line at once: a pipe's reader waits for it.
    ///
    /// Control characters are taken out, so that nobody can move somebody else's cursor.
    func print(_ line: String) {
        let safe = String(String.UnicodeScalarView(line.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
        FileHandle.standardOutput.write(Data((safe + "\n").utf8))
    }

    /// Says something that is no message.
    func note(_ text: String) {
        FileHandle.standardError.write(Data("* \(text)\n".utf8))
    }

    func ask(_ question: String) throws -> String {
        FileHandle.standardError.write(Data(question.utf8))
        guard let answer = readLine(), !answer.isEmpty else { throw Failure("Nothing was given.") }
        return answer
    }

    /// Asks without showing what is typed.
    func askSecretly(_ question: String) throws -> String {
        guard let answer = getpass(question), answer.pointee != 0 else { throw Failure("No password was given.") }
        return String(cString: answer)
    }

    /// The lines of the input. A thread reads one and waits until it is wanted, since reading blocks.
    func lines() -> AsyncStream<String> {
        let wanted = DispatchSemaphore(value: 0)
        let (stream, continuation) = AsyncStream<String?>.makeStream(bufferingPolicy: .bufferingOldest(1))
        Thread.detachNewThread {
            while true {
                wanted.wait()
                let line = readLine()
                continuation.yield(line)
                if line == nil { return }
            }
        }
        let iterator = LineIterator(base: stream.makeAsyncIterator(), wanted: wanted)
        return AsyncStream { await iterator.next() }
    }
}

/// Asks the reading thread for one line at a time.
private actor LineIterator {
    private var base: AsyncStream<String?>.AsyncIterator
    private let wanted: DispatchSemaphore

    init(base: AsyncStream<String?>.AsyncIterator, wanted: DispatchSemaphore) {
        self.base = base
        self.wanted = wanted
    }

    func next() async -> String? {
        self.wanted.signal()
        var base = self.base
        let line = await base.next(isolation: self)
        self.base = base
        return line ?? nil
    }
}
