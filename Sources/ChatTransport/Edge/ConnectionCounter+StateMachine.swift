extension ConnectionCounter {
    struct StateMachine: Sendable {
        private let maximumConnections: Int
        private let maximumConnectionsPerAddress: Int?
        private(set) var count = 0
        /// Only of addresses that have connections, so there are never more entries than connections. Empty without a limit.
        private(set) var counts: [AddressKey: Int] = [:]

        init(maximumConnections: Int, maximumConnectionsPerAddress: Int?) {
            self.maximumConnections = maximumConnections
            self.maximumConnectionsPerAddress = maximumConnectionsPerAddress
        }

        mutating func admit(address: AddressKey?) -> Bool {
            guard self.count < self.maximumConnections else { return false }
            if let address, !self.attribute(to: address) { return false }
            self.count += 1
            return true
        }

        mutating func attribute(to address: AddressKey) -> Bool {
            guard let limit = self.maximumConnectionsPerAddress else { return true }
            // Not by way of the dictionary's default: an address that is refused gets no entry.
            let count = self.counts[address] ?? 0
            guard count < limit else { return false }
            self.counts[address] = count + 1
            return true
        }

        mutating func release(address: AddressKey?) {
            assert(self.count > 0, "released more connections than were admitted")
            self.count = max(0, self.count - 1)
            if let address, let count = self.counts[address] {
                self.counts[address] = count > 1 ? count - 1 : nil
            }
            // A dictionary keeps the room that it once took: give it back after a flood.
            if self.counts.isEmpty { self.counts = [:] }
        }
    }
}
