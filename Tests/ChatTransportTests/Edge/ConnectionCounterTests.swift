import NIOCore
import Testing

@testable import ChatTransport

struct ConnectionCounterTests {
    private static func key(_ text: String) throws -> AddressKey { try #require(AddressKey(text)) }

    @Test func aLimitInAll() throws {
        let counter = ConnectionCounter(maximumConnections: 2, maximumConnectionsPerAddress: nil)
        let one = try Self.key("192.0.2.1")
        #expect(counter.admit(address: one))
        #expect(counter.admit(address: nil))
        #expect(!counter.admit(address: one))
        #expect(!counter.admit(address: nil))
        counter.release(address: one)
        #expect(counter.count == 1)
        #expect(counter.admit(address: one))
        #expect(!counter.admit(address: one))
    }

    @Test func aLimitForAnAddress() throws {
        let counter = ConnectionCounter(maximumConnections: 4, maximumConnectionsPerAddress: 2)
        let (one, two) = try (Self.key("192.0.2.1"), Self.key("192.0.2.2"))
        #expect(counter.admit(address: one))
        #expect(counter.admit(address: one))
        #expect(!counter.admit(address: one))
        // What was refused does not count.
        #expect(counter.count == 2)
        #expect(counter.admit(address: two))
        counter.release(address: one)
        #expect(counter.admit(address: one))
        #expect(!counter.admit(address: one))
    }

    @Test func aRefusalInAllDoesNotCountForTheAddress() throws {
        var machine = ConnectionCounter.StateMachine(maximumConnections: 1, maximumConnectionsPerAddress: 1)
        let (one, two) = try (Self.key("192.0.2.1"), Self.key("192.0.2.2"))
        #expect(machine.admit(address: one) == true)
        #expect(machine.admit(address: two) == false)
        machine.release(address: one)
        #expect(machine.admit(address: two) == true)
    }

    @Test func anAddressThatIsKnownLater() throws {
        var machine = ConnectionCounter.StateMachine(maximumConnections: 3, maximumConnectionsPerAddress: 1)
        let one = try Self.key("192.0.2.1")
        for _ in 0..<3 { #expect(machine.admit(address: nil) == true) }
        #expect(machine.attribute(to: one) == true)
        #expect(machine.attribute(to: one) == false)
        #expect(machine.count == 3)
        machine.release(address: nil)
        #expect(machine.counts == [one: 1])
        machine.release(address: one)
        #expect(machine.counts.isEmpty)
        #expect(machine.count == 1)
    }

    @Test func keepsNothingOfAddressesWithoutConnections() throws {
        var machine = ConnectionCounter.StateMachine(maximumConnections: 1000, maximumConnectionsPerAddress: 0)
        let keys = try (0..<1000).map { try Self.key("10.0.\($0 >> 8).\($0 & 255)") }
        for key in keys { #expect(machine.admit(address: key) == false) }
        #expect(machine.counts.isEmpty)
        machine = ConnectionCounter.StateMachine(maximumConnections: 1000, maximumConnectionsPerAddress: 10)
        for key in keys { #expect(machine.admit(address: key) == true) }
        #expect(machine.counts.count == 1000)
        for key in keys { machine.release(address: key) }
        #expect(machine.counts.isEmpty)
        #expect(machine.counts.capacity == 0)
    }

    @Test func isExact() throws {
        var generator = SeededGenerator(seed: 3)
        var machine = ConnectionCounter.StateMachine(maximumConnections: 20, maximumConnectionsPerAddress: 3)
        let keys = try (0..<10).map { try Self.key("2001:db8:0:\($0)::1") } as [AddressKey?] + [nil]
        var open: [AddressKey?] = []
        for _ in 0..<20_000 {
            if Bool.random(using: &generator), let index = open.indices.randomElement(using: &generator) {
                machine.release(address: open.remove(at: index))
            } else {
                let key = keys.randomElement(using: &generator)!
                let fits = open.count < 20 && (key == nil || open.count { $0 == key } < 3)
                #expect(machine.admit(address: key) == fits)
                if fits { open.append(key) }
            }
            #expect(machine.count == open.count)
            #expect(machine.counts.values.reduce(0, +) == open.count { $0 != nil })
        }
    }

    @Test func fromManyThreads() async throws {
        let counter = ConnectionCounter(maximumConnections: 100, maximumConnectionsPerAddress: 100)
        let key = try Self.key("192.0.2.1")
        let admitted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<50).count { _ in counter.admit(address: key) } }
            }
            return await group.reduce(0, +)
        }
        #expect(admitted == 100)
        #expect(counter.count == 100)
    }
}

struct AddressKeyTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true), ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("0.0.0.1", "::", false), ("0.0.0.1", "0:0:0:1::", false), ("::ffff:0:1", "::1", false),
    ])
    func groups(_ one: String, _ other: String, _ areSame: Bool) throws {
        let keys = try [one, other].map { try #require(AddressKey($0)) }
        #expect((keys[0] == keys[1]) == areSame)
        let system = try [one, other].map { try AddressKey(SocketAddress(ipAddress: $0, port: Int.random(in: 1...65_535))) }
        #expect(system == keys)
    }

    @Test func whereThereIsNoAddress() throws {
        #expect(AddressKey("unknown") == nil)
        #expect(try AddressKey(SocketAddress(unixDomainSocketPath: "/tmp/x")) == nil)
    }
}
