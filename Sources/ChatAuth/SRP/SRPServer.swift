import ChatProtocol
import Crypto

/// The server's half of one sign-in by SRP-6a as Cognito speaks it.
struct SRPServer {
    private let secret: [UInt8]
    private let verifier: [UInt8]
    private let publicBytes: [UInt8]

    /// - Parameters:
    ///   - verifier: v of the user, see ``SRPVerifier``.
    ///   - secret: b, unsigned and big-endian; another for each sign-in.
    init(verifier: [UInt8], secret: [UInt8] = SRPGroup.randomSecret()) {
        let modulus = SRPGroup.modulus
        // B = k * v + g^b
        let masked = SRPGroup.multiplier.multiplied(by: BigNumber(verifier), modulo: modulus)
        let power = SRPGroup.generator.power(BigNumber(secret), modulo: modulus)
        self.secret = secret
        self.verifier = verifier
        self.publicBytes = (masked + power).modulo(modulus).bytes
    }

    /// `SRP_B`, hexadecimal.
    var publicValue: String { Hexadecimal.encode(self.publicBytes) }

    /// What is left of the secret to carry to the second half of the exchange.
    var secretBytes: [UInt8] { self.secret }

    /// Reads `SRP_A`.
    ///
    /// - Throws: ``SRPError`` if it is too long to be below N, not hexadecimal, or 0 modulo N. The length is looked at first: a
    ///   number of megabytes would cost seconds.
    static func readClientPublicValue(_ hexadecimal: String) throws(SRPError) -> [UInt8] {
        guard hexadecimal.utf8.count <= SRPGroup.maximumHexadecimalDigits, let bytes = Hexadecimal.decode(hexadecimal) else {
            throw .invalidHexadecimal
        }
        guard !BigNumber(bytes).modulo(SRPGroup.modulus).isZero else { throw .invalidPublicValue }
        return bytes
    }

    /// S = (A * v^u)^b, hashed to the key that a client with the right password has too.
    func sessionKey(clientPublic: [UInt8]) throws(SRPError) -> SymmetricKey {
        let modulus = SRPGroup.modulus
        let a = BigNumber(clientPublic)
        guard !a.modulo(modulus).isZero else { throw .invalidPublicValue }
        let u = SRPGroup.scrambling(clientPublic: a, serverPublic: BigNumber(self.publicBytes))
        guard !u.isZero else { throw .invalidPublicValue }
        let base = a.multiplied(by: BigNumber(self.verifier).power(u, modulo: modulus), modulo: modulus)
        return SRPGroup.sessionKey(shared: base.power(BigNumber(self.secret), modulo: modulus), scrambling: u)
    }

    /// Whether a signature proves the password. Takes the same time wherever it differs.
    func isValid(
        signature: [UInt8], clientPublic: [UInt8], poolName: String, userId: String, secretBlock: [UInt8], timestamp: String
    ) throws(SRPError) -> Bool {
        let key = try self.sessionKey(clientPublic: clientPublic)
        let expected = SRPGroup.claimSignature(
            key: key, poolName: poolName, userId: userId, secretBlock: secretBlock, timestamp: timestamp)
        return expected == signature  // CryptoKit's comparison of a MAC with bytes is constant-time.
    }
}
