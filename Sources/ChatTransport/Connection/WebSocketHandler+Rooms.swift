import NIOCore

/// The rooms that a connection is in: what they have for it, taken so that it and the connection's own output keep one order.
extension WebSocketHandler {
    /// A group of a room, and where this connection stands in it.
    struct Membership {
        let group: FanOutGroup
        var place: Int
        /// How much of the group's pending bytes this connection has taken ahead of the others, to keep its order.
        var taken: Int
    }

    func isMember(of group: FanOutGroup) -> Bool { self.output.memberships.contains { $0.group === group } }

    var isInOneGroup: Bool { self.output.memberships.count == 1 }

    /// When a room of this connection's was last sent a message.
    var lastPublished: NIODeadline { self.output.memberships.reduce(.uptimeNanoseconds(0)) { max($0, $1.group.lastPublished) } }

    func joined(_ group: FanOutGroup, place: Int) {
        // What the group has pending was published before.
        self.output.memberships.append(Membership(group: group, place: place, taken: group.pending.readableBytes))
        self.updateEntries()
    }

    func leave(_ group: FanOutGroup) {
        self.takeAhead()
        guard let index = self.output.memberships.firstIndex(where: { $0.group === group }) else { return }
        let place = self.output.memberships.remove(at: index).place
        self.machine.lastMessage = max(self.machine.lastMessage, group.lastPublished)
        group.remove(at: place)
    }

    func leaveAllGroups() {
        let memberships = self.output.memberships
        self.output.memberships.removeAll()
        for membership in memberships { membership.group.remove(at: membership.place) }
    }

    func moved(in group: FanOutGroup, to place: Int) {
        guard let index = self.output.memberships.firstIndex(where: { $0.group === group }) else { return }
        self.output.memberships[index].place = place
    }

    /// How far the connection has got ahead in what the group sends now; it has not in what follows.
    func takeCursor(in group: FanOutGroup) -> Int {
        guard let index = self.output.memberships.firstIndex(where: { $0.group === group }) else { return 0 }
        defer { self.output.memberships[index].taken = 0 }
        return self.output.memberships[index].taken
    }

    /// The socket has taken the start of these bytes' frame, and this is the rest. Calls nobody back.
    func owe(_ rest: ByteBuffer) {
        self.output.channelOwes = true
        self.output.held = rest
        self.noteNewest(rest)
        self.becomePending()
        self.updateEntries()
    }

    /// What a group sends and this connection was not sent directly. Calls nobody back.
    func take(_ bytes: ByteBuffer) {
        guard self.machine.isOpen, bytes.readableBytes > 0 else { return self.updateEntries() }
        self.becomePending()
        self.noteNewest(bytes)
        if self.output.outbox != nil || self.mayWriteDirectly {
            self.putIntoOutbox(bytes)
        } else if self.output.held == nil {
            self.output.held = bytes
        } else {
            self.output.held?.writeImmutableBuffer(bytes)
        }
    }

    /// Takes what its groups have pending, so that something of its own can go behind that.
    func takeAhead() {
        // To append may end the connection, and with it every membership.
        var taken: [ByteBuffer] = []
        for index in self.output.memberships.indices {
            let membership = self.output.memberships[index]
            var bytes = membership.group.pending
            guard bytes.readableBytes > membership.taken else { continue }
            self.output.memberships[index].taken = bytes.readableBytes
            bytes.moveReaderIndex(forwardBy: membership.taken)
            taken.append(bytes)
        }
        // The group goes on filling its buffer, which would be copied as a whole if a channel held on to a part of it.
        for bytes in taken { self.append(bytes, isPartOfMore: true) }
    }

    func updateEntries() {
        let isDirect = self.mayWriteDirectly && !self.output.isPending && self.machine.isOpen
        for membership in self.output.memberships {
            // Who has taken something ahead is to be sent the rest only.
            membership.group.setDescriptor(isDirect && membership.taken == 0 ? self.output.descriptor : -1, at: membership.place)
        }
    }
}
