import Glibc

/// A TCP socket that never blocks.
enum ClientSocket {
    /// Begins to connect to a port of this machine.
    ///
    /// - Parameter source: the last byte of the address to connect from, 127.0.0.x: one address has too few ports for every client,
    ///   since ports stay taken for a while after a run.
    static func connect(port: Int, source: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw LoadError.system("socket") }
        self.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
        // Closing resets, so that no port is kept in TIME_WAIT.
        self.set(descriptor, SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
        // The port is chosen at connect(), when the other end is known, and so can be shared between destinations.
        self.set(descriptor, Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, Int32(1))
        let from = self.address(last: source, port: 0)
        guard self.with(from, { bind(descriptor, $0, $1) }) == 0 else { throw LoadError.system("bind") }
        let to = self.address(last: 1, port: port)
        guard self.with(to, { Glibc.connect(descriptor, $0, $1) }) == 0 || errno == EINPROGRESS else { throw LoadError.system("connect") }
        return descriptor
    }

    /// What became of a connect that was under way.
    static func checkConnected(_ descriptor: Int32) throws {
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
        guard error == 0 else {
            errno = error
            throw LoadError.system("connect")
        }
    }

    /// Whether something listens there.
    static func takesConnections(port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return self.with(self.address(last: 1, port: port)) { Glibc.connect(descriptor, $0, $1) } == 0
    }

    /// A port that nobody listens on now, for a server that cannot choose one itself.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        guard self.with(self.address(last: 1, port: 0), { bind(descriptor, $0, $1) }) == 0 else { throw LoadError.system("bind") }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { throw LoadError.system("getsockname") }
        return Int(in_port_t(bigEndian: address.sin_port))
    }

    private static func set<Value>(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Value) {
        withUnsafeBytes(of: value) { _ = setsockopt(descriptor, level, option, $0.baseAddress, socklen_t($0.count)) }
    }

    private static func address(last: Int, port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0000 | last).bigEndian
        return address
    }

    private static func with(_ address: sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
