/// A part of the code that takes a stranger's bytes, together with the rules that it must keep.
protocol FuzzTarget: SendableMetatype {
    static var name: String { get }
    /// How many of a hundred cases are its.
    static var weight: Int { get }

    /// Makes a case that gets deep: mostly valid, sometimes a little wrong. Options and bytes, as ``run(_:)`` reads them.
    static func generate(_ random: inout FuzzRandom) -> [UInt8]

    static func run(_ input: inout FuzzInput) throws(Finding)
}

/// All targets. The first byte of a case says whose it is, so their order must not change while cases are kept.
enum FuzzTargets {
    static let all: [any FuzzTarget.Type] = [
        FramesTarget.self, RoundTripTarget.self, InflateTarget.self, ExtensionsTarget.self, HandshakeTarget.self,
        ProxyProtocolTarget.self, AddressTarget.self, ProxyConnectTarget.self, ClientHandshakeTarget.self,
    ]

    /// The index of a target, each as often as its weight says.
    private static let wheel: [Int] = Self.all.enumerated().flatMap { index, target in Array(repeating: index, count: target.weight) }

    static func generate(_ random: inout FuzzRandom) -> [UInt8] {
        let index = random.pick(self.wheel)
        return [UInt8(index)] + self.all[index].generate(&random)
    }

    static func target(of bytes: [UInt8]) -> any FuzzTarget.Type { self.all[Int(bytes.first ?? 0) % self.all.count] }

    static func run(_ bytes: [UInt8]) throws(Finding) {
        var input = FuzzInput(bytes.dropFirst())
        try self.target(of: bytes).run(&input)
    }
}
