import Histogram

/// What was sent, who has it, and how long that took: the generator's book-keeping, without sockets or clocks.
///
/// Every delivery is looked at, not a sample. Times are nanoseconds of one monotonic clock.
struct DeliveryLedger {
    private struct Message {
        /// When it was to be sent. In fixed-rate mode that is not when it was sent, so that a stalled generator or server does not
        /// leave out the very messages that would have waited (coordinated omission).
        var intendedAt: UInt64
        var missing: Int
        /// Its times count, also if it arrives after the measurement: those that were late are the ones that matter.
        var isMeasured: Bool
    }

    /// More messages under way than this, and a server has fallen behind for good.
    static let capacity = 1 << 16

    private let members: Int
    private var messages: [Message]
    private var newest: [Int]
    private(set) var sent = 0
    private(set) var completed = 0
    private(set) var deliveries = 0
    /// Deliveries that came twice, or not in the order sent, or after one that is missing.
    private(set) var outOfOrder = 0
    /// Of what is sent meanwhile the times are kept, and what is delivered meanwhile is counted.
    var isMeasuring = false
    private(set) var measuredDeliveries = 0
    private(set) var latency = Histogram<UInt64>(highestTrackableValue: 120_000_000_000, numberOfSignificantValueDigits: .three)
    private(set) var fanOut = Histogram<UInt64>(highestTrackableValue: 120_000_000_000, numberOfSignificantValueDigits: .three)

    init(members: Int) {
        self.members = members
        self.messages = Array(repeating: Message(intendedAt: 0, missing: 0, isMeasured: false), count: Self.capacity)
        self.newest = Array(repeating: 0, count: members)
    }

    /// Messages that not everybody has yet.
    var outstanding: Int { self.sent - self.completed }
    var lost: Int { self.sent * self.members - self.deliveries }

    /// - Returns: the number of the message to send; they are 1, 2, 3….
    mutating func send(intendedAt: UInt64) -> Int {
        self.sent += 1
        self.messages[self.sent % Self.capacity] = Message(
            intendedAt: intendedAt, missing: self.members, isMeasured: self.isMeasuring)
        return self.sent
    }

    @inline(__always)
    mutating func deliver(_ number: Int, to member: Int, at time: UInt64) {
        let previous = self.newest[member]
        guard number > previous, number <= self.sent, self.sent - number < Self.capacity else {
            self.outOfOrder += 1
            return
        }
        if number != previous + 1 { self.outOfOrder += 1 }
        self.newest[member] = number
        self.deliveries += 1
        let slot = number % Self.capacity
        self.messages[slot].missing -= 1
        let isComplete = self.messages[slot].missing == 0
        if isComplete { self.completed += 1 }
        if self.isMeasuring { self.measuredDeliveries += 1 }
        guard self.messages[slot].isMeasured else { return }
        let intendedAt = self.messages[slot].intendedAt
        let elapsed = time > intendedAt ? time - intendedAt : 0
        self.latency.record(elapsed)
        if isComplete { self.fanOut.record(elapsed) }
    }
}
