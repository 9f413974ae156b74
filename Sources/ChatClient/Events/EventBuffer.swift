/// Hands events to one reader, holding so many and no more; what does not fit is dropped, counted, and told.
struct EventBuffer: Sendable {
    let stream: AsyncStream<ChatClientEvent>
    private let continuation: AsyncStream<ChatClientEvent>.Continuation
    private var dropped = 0

    init(limit: Int) {
        (self.stream, self.continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(max(1, limit)))
    }

    mutating func append(_ event: ChatClientEvent) {
        if self.dropped > 0 {
            guard case .enqueued = self.continuation.yield(.dropped(self.dropped)) else {
                self.dropped += 1
                return
            }
            self.dropped = 0
        }
        if case .dropped = self.continuation.yield(event) { self.dropped += 1 }
    }

    func finish() {
        self.continuation.finish()
    }
}
