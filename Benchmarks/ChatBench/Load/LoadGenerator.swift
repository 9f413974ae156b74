import Glibc

/// The sockets of the load, on one thread: connects, sends what it is told to, and reports each delivery to the ledger.
final class LoadGenerator {
    private static let connectsAtOnce = 64
    private static let readCapacity = 512 * 1024
    private static let sourceAddresses = 8

    private let port: Int
    private let handshake: [UInt8]
    private var message: NumberedMessage
    private let poll: EventPoll
    private let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readCapacity, alignment: 64)
    private var connections: [LoadConnection] = []
    private(set) var open = 0
    private(set) var closed = 0
    /// Whether a connection that ends is what is waited for.
    var expectsClosing = false
    var ledger = DeliveryLedger(members: 0)

    init(target: LoadTarget) throws {
        self.port = target.port
        self.message = NumberedMessage(prefix: target.prefix, size: target.size, suffix: target.suffix)
        self.handshake = target.handshake
        self.poll = try EventPoll()
    }

    deinit {
        for connection in self.connections where connection.state != .closed { Glibc.close(connection.descriptor) }
        self.readBuffer.deallocate()
    }

    /// Opens connections until there are so many.
    func connect(to total: Int, timeout seconds: Double = 120) throws {
        let deadline = MonotonicTime.now() + UInt64(seconds * 1e9)
        while self.open < total {
            while self.connections.count < total, self.connections.count - self.open < Self.connectsAtOnce { try self.startConnection() }
            try self.turn(nanoseconds: 100_000_000)
            guard MonotonicTime.now() < deadline else { throw LoadError("only \(self.open) of \(total) connections were opened in time") }
        }
    }

    /// Lets time pass.
    func settle(seconds: Double) throws {
        let end = MonotonicTime.now() + UInt64(seconds * 1e9)
        while case let time = MonotonicTime.now(), time < end { try self.turn(nanoseconds: min(end - time, 20_000_000)) }
    }

    /// Sends the next message from the first connection.
    func publish(intendedAt: UInt64) throws {
        guard self.ledger.outstanding < DeliveryLedger.capacity - 1 else { throw LoadError("the server fell behind for good") }
        self.message.set(self.ledger.send(intendedAt: intendedAt))
        try self.send(self.message.frame, on: 0)
    }

    /// Waits for sockets, at most so long, and does what they are ready for.
    func turn(nanoseconds: UInt64) throws {
        try self.poll.wait(nanoseconds: nanoseconds) { index, isReadable, isWritable in
            if isWritable { try self.becameWritable(index) }
            if isReadable { try self.becameReadable(index) }
        }
    }

    private func startConnection() throws {
        let index = self.connections.count
        let descriptor = try ClientSocket.connect(port: self.port, source: 1 + index % Self.sourceAddresses)
        self.connections.append(LoadConnection(descriptor: descriptor))
        try self.poll.add(descriptor, index: index, writable: true)
    }

    private func becameWritable(_ index: Int) throws {
        switch self.connections[index].state {
        case .connecting:
            try ClientSocket.checkConnected(self.connections[index].descriptor)
            self.connections[index].state = .upgrading
            try self.poll.change(self.connections[index].descriptor, index: index, writable: false)
            try self.send(self.handshake, on: index)
        case .closed: break
        case .upgrading, .open, .closing:
            let unsent = self.connections[index].unsent
            self.connections[index].unsent = []
            try self.poll.change(self.connections[index].descriptor, index: index, writable: false)
            if !unsent.isEmpty { try self.send(unsent, on: index) }
        }
    }

    private func send(_ bytes: [UInt8], on index: Int) throws {
        guard self.connections[index].unsent.isEmpty else {
            self.connections[index].unsent += bytes
            return
        }
        let written = max(0, Glibc.send(self.connections[index].descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)))
        guard written < bytes.count else { return }
        // If the connection is gone, reading tells.
        self.connections[index].unsent = Array(bytes[written...])
        try self.poll.change(self.connections[index].descriptor, index: index, writable: true)
    }

    private func becameReadable(_ index: Int) throws {
        guard self.connections[index].state != .closed, let base = self.readBuffer.baseAddress else { return }
        let kept = self.connections[index].unread.count
        if kept > 0 {
            self.readBuffer.copyBytes(from: self.connections[index].unread)
            self.connections[index].unread.removeAll(keepingCapacity: true)
        }
        let capacity = self.readBuffer.count - kept
        guard capacity > 0 else { throw LoadError("a frame is larger than \(Self.readCapacity) bytes") }
        // One read an event: what did not fit is announced again.
        let count = recv(self.connections[index].descriptor, base + kept, capacity, 0)
        guard count > 0 else {
            if count < 0, errno == EAGAIN || errno == EINTR {
                self.connections[index].unread += self.readBuffer[0..<kept]
            } else {
                try self.ended(index)
            }
            return
        }
        let bytes = UnsafeRawBufferPointer(start: base, count: kept + count)
        var used = 0
        if self.connections[index].state == .upgrading { used = try self.readHandshake(bytes, index) }
        if self.connections[index].state == .open { used = try self.readFrames(bytes, from: used, index) }
        if self.connections[index].state == .closing { used = bytes.count }
        if used < bytes.count { self.connections[index].unread += bytes[used...] }
    }

    /// - Returns: how many bytes were the answer to the handshake; 0 if it is not there whole.
    private func readHandshake(_ bytes: UnsafeRawBufferPointer, _ index: Int) throws -> Int {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return 0 }
        guard bytes.starts(with: "HTTP/1.1 101".utf8) else {
            throw LoadError("the handshake was refused: \(String(decoding: bytes.prefix(200), as: UTF8.self))")
        }
        self.connections[index].state = .open
        self.open += 1
        return end.upperBound
    }

    private func readFrames(_ bytes: UnsafeRawBufferPointer, from start: Int, _ index: Int) throws -> Int {
        let time = MonotonicTime.now()
        var offset = start
        while let frame = ServerFrame(in: bytes, at: offset) {
            offset = frame.payload.upperBound
            switch frame.opcode {
            case 0, 1, 2:
                if let number = NumberedMessage.number(in: bytes, frame.payload) { self.ledger.deliver(number, to: index, at: time) }
            case 8:
                guard self.expectsClosing else { throw LoadError("the server closed a connection under load") }
                self.connections[index].state = .closing
                try self.send(ClientFrame.encode(opcode: 8, payload: bytes[frame.payload]), on: index)
                return bytes.count
            case 9:
                try self.send(ClientFrame.encode(opcode: 10, payload: bytes[frame.payload]), on: index)
            default: break
            }
        }
        return offset
    }

    private func ended(_ index: Int) throws {
        guard self.expectsClosing else { throw LoadError("connection \(index) of \(self.open) ended") }
        Glibc.close(self.connections[index].descriptor)
        self.connections[index].state = .closed
        self.closed += 1
    }
}
