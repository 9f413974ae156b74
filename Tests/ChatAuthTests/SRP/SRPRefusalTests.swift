import ChatProtocol
import Testing

@testable import ChatAuth

/// A public value of 0 modulo N makes the shared secret 0 for whoever sends it, so it would sign in without a password.
struct SRPRefusalTests {
    private static let modulus = SRPGroup.modulusHexadecimal

    static let zeros = ["0", "00", String(repeating: "0", count: 770), modulus, "0\(modulus)", "00\(modulus)", modulus.lowercased(), twice]
    private static let twice = Hexadecimal.encode((SRPGroup.modulus + SRPGroup.modulus).bytes)

    static let noNumbers = [
        "", " ", "g", "0x10", "-1", "+1", "1 ", "12 34", "é", "\u{0}", "１２", String(repeating: "1", count: 771),
        String(repeating: "f", count: 1_000_000),
    ]

    @Test(arguments: zeros)
    func theServerRefusesZero(_ value: String) {
        #expect(throws: SRPError.invalidPublicValue) { try SRPServer.readClientPublicValue(value) }
    }

    @Test(arguments: noNumbers)
    func theServerRefusesWhatIsNoNumberBelowN(_ value: String) {
        #expect(throws: SRPError.invalidHexadecimal) { try SRPServer.readClientPublicValue(value) }
    }

    @Test(arguments: [[], [0], SRPGroup.modulus.bytes, (SRPGroup.modulus + SRPGroup.modulus).bytes] as [[UInt8]])
    func theServerMakesNoKeyWithZero(_ value: [UInt8]) {
        let server = SRPServer(verifier: [2])
        #expect(throws: SRPError.invalidPublicValue) { _ = try server.sessionKey(clientPublic: value) }
    }

    private static func clientsAnswer(salt: String = "00ff", serverPublicValue: String) throws -> [UInt8] {
        try SRPClient().claimSignature(
            poolName: "pool", userId: "alice", password: "secret", salt: salt, serverPublicValue: serverPublicValue, secretBlock: [1],
            timestamp: "")
    }

    @Test(arguments: zeros)
    func theClientRefusesZero(_ value: String) {
        #expect(throws: SRPError.invalidPublicValue) { try Self.clientsAnswer(serverPublicValue: value) }
    }

    @Test(arguments: noNumbers)
    func theClientRefusesWhatIsNoNumberBelowN(_ value: String) {
        #expect(throws: SRPError.invalidHexadecimal) { try Self.clientsAnswer(serverPublicValue: value) }
    }

    @Test(arguments: ["", "xyz", "0x00"])
    func theClientRefusesASaltThatIsNoNumber(_ salt: String) {
        #expect(throws: SRPError.invalidHexadecimal) { try Self.clientsAnswer(salt: salt, serverPublicValue: "2") }
    }

    @Test func bothEndsDifferWithAnotherPassword() throws {
        let verifier = SRPVerifier.make(poolName: "pool", userId: "alice", password: "right")
        let server = SRPServer(verifier: verifier.verifier)
        let client = SRPClient()
        let clientPublic = try SRPServer.readClientPublicValue(client.publicValue)
        for (password, isRight) in [("right", true), ("wrong", false), ("", false), ("right ", false), ("Right", false)] {
            let signature = try client.claimSignature(
                poolName: "pool", userId: "alice", password: password, salt: Hexadecimal.encode(verifier.salt),
                serverPublicValue: server.publicValue, secretBlock: [1], timestamp: "now")
            let isValid = try server.isValid(
                signature: signature, clientPublic: clientPublic, poolName: "pool", userId: "alice", secretBlock: [1], timestamp: "now")
            #expect(isValid == isRight, "\(password)")
        }
    }

    @Test func secretsAreDrawnAnew() {
        #expect(SRPClient().publicValue != SRPClient().publicValue)
        #expect(SRPServer(verifier: [2]).publicValue != SRPServer(verifier: [2]).publicValue)
        let salts = (0..<2).map { _ in SRPVerifier.make(poolName: "p", userId: "u", password: "p").salt }
        #expect(salts[0] != salts[1] && salts[0].count == 16)
    }
}
