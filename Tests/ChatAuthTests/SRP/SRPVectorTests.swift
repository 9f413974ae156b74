import ChatProtocol
import Crypto
import Foundation
import Testing

@testable import ChatAuth

/// The vectors name the cases that implementations get wrong: numbers whose top bit is set, that are short, or odd in hexadecimal.
struct SRPVectorTests {
    private static func bytes(_ hexadecimal: String) throws -> [UInt8] {
        try #require(Hexadecimal.decode(hexadecimal))
    }

    private static func number(_ hexadecimal: String) throws -> BigNumber {
        BigNumber(try Self.bytes(hexadecimal))
    }

    @Test func groupAndMultiplier() throws {
        #expect(SRPVector.all.count == 8)
        #expect(SRPGroup.modulus.bytes == (try Self.bytes(SRPVector.file.N)))
        #expect(SRPGroup.multiplier.bytes == (try Self.number(SRPVector.file.k).bytes))
    }

    @Test(arguments: SRPVector.all)
    func clientsPublicValue(_ vector: SRPVector) throws {
        let client = SRPClient(secret: try Self.bytes(vector.a))
        #expect(try Self.number(client.publicValue).bytes == Self.number(vector.A).bytes)
    }

    @Test(arguments: SRPVector.all)
    func verifier(_ vector: SRPVector) throws {
        let salt = try Self.bytes(vector.salt)
        let x = SRPGroup.privateKey(poolName: vector.poolName, userId: vector.userIdForSrp, password: vector.password, salt: salt)
        #expect(x.bytes == (try Self.number(vector.x).bytes))
        let verifier = SRPVerifier.make(poolName: vector.poolName, userId: vector.userIdForSrp, password: vector.password, salt: salt)
        #expect(verifier.verifier == (try Self.number(vector.v).bytes))
        #expect(verifier.salt == salt)
    }

    /// Clients that hash the digits of a salt and clients that hash its number have to come to the same.
    @Test(
        arguments: [
            ([0x00, 0x1A, 0xFF], "1aff"), ([0x00, 0x00, 0x9A], "9a"), ([0x0A, 0x00], "0a00"), ([0xFF, 0x00], "ff00"),
        ] as [([UInt8], String)])
    func saltOfAChallengeHasNoLeadingZeroBytes(_ salt: [UInt8], _ digits: String) {
        #expect(SRPVerifier.make(poolName: "Test", userId: "alice", password: "x", salt: salt).hexadecimalSalt == digits)
    }

    @Test(arguments: SRPVector.all)
    func serversPublicValue(_ vector: SRPVector) throws {
        let server = SRPServer(verifier: try Self.bytes(vector.v), secret: try Self.bytes(vector.b))
        #expect(try Self.number(server.publicValue).bytes == Self.number(vector.B).bytes)
        #expect(server.secretBytes == (try Self.bytes(vector.b)))
    }

    @Test(arguments: SRPVector.all)
    func scrambling(_ vector: SRPVector) throws {
        let u = SRPGroup.scrambling(clientPublic: try Self.number(vector.A), serverPublic: try Self.number(vector.B))
        #expect(u.bytes == (try Self.number(vector.u).bytes))
    }

    @Test(arguments: SRPVector.all)
    func sessionKey(_ vector: SRPVector) throws {
        let key = SymmetricKey(data: try Self.bytes(vector.key))
        #expect(SRPGroup.sessionKey(shared: try Self.number(vector.S), scrambling: try Self.number(vector.u)) == key)

        let client = SRPClient(secret: try Self.bytes(vector.a))
        let clients = try client.sessionKey(
            poolName: vector.poolName, userId: vector.userIdForSrp, password: vector.password, salt: vector.salt,
            serverPublicValue: vector.B)
        #expect(clients == key)

        let server = SRPServer(verifier: try Self.bytes(vector.v), secret: try Self.bytes(vector.b))
        #expect(try server.sessionKey(clientPublic: Self.bytes(vector.A)) == key)
    }

    @Test(arguments: SRPVector.all)
    func claimSignature(_ vector: SRPVector) throws {
        let block = Array(try #require(Data(base64Encoded: vector.secretBlock)))
        let expected = Array(try #require(Data(base64Encoded: vector.signature)))
        let signature = try SRPClient(secret: Self.bytes(vector.a)).claimSignature(
            poolName: vector.poolName, userId: vector.userIdForSrp, password: vector.password, salt: vector.salt,
            serverPublicValue: vector.B, secretBlock: block, timestamp: vector.timestamp)
        #expect(signature == expected)
    }

    @Test(arguments: SRPVector.all)
    func theServerTakesTheSignatureAndNoOther(_ vector: SRPVector) throws {
        let block = Array(try #require(Data(base64Encoded: vector.secretBlock)))
        let right = Array(try #require(Data(base64Encoded: vector.signature)))
        let server = SRPServer(verifier: try Self.bytes(vector.v), secret: try Self.bytes(vector.b))
        func isValid(_ signature: [UInt8], userId: String? = nil, block: [UInt8] = block, timestamp: String? = nil) throws -> Bool {
            try server.isValid(
                signature: signature, clientPublic: try Self.bytes(vector.A), poolName: vector.poolName,
                userId: userId ?? vector.userIdForSrp, secretBlock: block, timestamp: timestamp ?? vector.timestamp)
        }
        #expect(try isValid(right))
        #expect(try !isValid([]))
        #expect(try !isValid(right.dropLast()))
        #expect(try !isValid(right + [0]))
        #expect(try !isValid([right[0] ^ 1] + right.dropFirst()))
        #expect(try !isValid(right, userId: vector.userIdForSrp + "x"))
        #expect(try !isValid(right, block: block + [0]))
        #expect(try !isValid(right, timestamp: "Wed Apr 5 02:04:10 UTC 2017"))
    }
}
