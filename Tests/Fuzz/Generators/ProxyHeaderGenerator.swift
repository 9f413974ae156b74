/// Headers of the PROXY protocol, both versions.
enum ProxyHeaderGenerator {
    private static let v4 = ["192.0.2.7", "255.255.255.255", "0.0.0.0", "10.1.2.3", "01.2.3.4", "1.2.3"]
    private static let v6 = [
        "2001:db8::1", "::", "::ffff:192.0.2.7", "1:2:3:4:5:6:7:8", "ffff:f:f:f:f:f:255.255.255.255", "1::2::3", "::1%eth0",
    ]
    private static let ports = ["0", "80", "65535", "65536", "00", "-1", ""]
    static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    static func header(_ random: inout FuzzRandom) -> [UInt8] {
        var bytes = random.once(in: 2) ? self.versionOne(&random) : self.versionTwo(&random)
        if random.once(in: 3) { Mutation(tokens: ["\r\n", " ", "TCP6", "UNKNOWN", "PROXY ", ":", "."]).apply(to: &bytes, &random) }
        return bytes + random.bytes(random.below(20))
    }

    private static func versionOne(_ random: inout FuzzRandom) -> [UInt8] {
        let filler = random.once(in: 8) ? String(repeating: "x", count: random.within(85...100)) : ""
        if random.once(in: 5) { return Array("PROXY UNKNOWN \(filler)\r\n".utf8) }
        let isFour = random.once(in: 2)
        let addresses = isFour == !random.once(in: 10) ? self.v4 : self.v6
        let usual = { (elements: [String], random: inout FuzzRandom) in random.once(in: 3) ? random.pick(elements) : elements[1] }
        let (source, target) = (usual(addresses, &random), usual(addresses, &random))
        let (one, other) = (usual(self.ports, &random), usual(self.ports, &random))
        return Array("PROXY \(isFour ? "TCP4" : "TCP6") \(source) \(target) \(one) \(other)\(filler)\r\n".utf8)
    }

    private static func versionTwo(_ random: inout FuzzRandom) -> [UInt8] {
        let family: UInt8 = random.once(in: 3) ? random.byte() : random.pick([0x11, 0x21, 0x12, 0x22, 0x00, 0x31])
        let length = [0, 12, 36, 216][Int(family >> 4 & 3)] + (random.once(in: 3) ? random.below(30) : 0)
        let announced = random.once(in: 10) ? random.pick([0, 11, 35, 4096, 4097, 65_535]) : length
        let command: UInt8 = random.once(in: 8) ? random.byte() : random.once(in: 5) ? 0x20 : 0x21
        let addresses =
            family >> 4 == 2 && random.once(in: 3)
            ? Array(repeating: 0, count: 10) + [0xFF, 0xFF] + random.bytes(max(0, length - 12)) : random.bytes(length)
        let full = announced == 4096 && random.once(in: 2) ? addresses + random.bytes(4096 - addresses.count) : addresses
        return self.signature + [command, family, UInt8(announced >> 8), UInt8(announced & 0xFF)] + full
    }
}
