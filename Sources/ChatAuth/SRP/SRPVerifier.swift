import ChatProtocol

/// What a pool keeps instead of a password: a random salt and v = g^x mod N.
struct SRPVerifier {
    var salt: [UInt8]
    var verifier: [UInt8]

    /// `SALT` of a challenge: the number in hexadecimal, without leading zero bytes.
    ///
    /// It is hashed as a number. pycognito hashes the digits that it is sent, amazon-cognito-identity-js the number that they are:
    /// with zeros in front the two would differ, and every 256th user could not sign in with one of them.
    var hexadecimalSalt: String { Hexadecimal.encode(BigNumber(self.salt).bytes) }

    static func make(
        poolName: String, userId: String, password: String, salt: [UInt8] = Self.randomSalt()
    ) -> SRPVerifier {
        let x = SRPGroup.privateKey(poolName: poolName, userId: userId, password: password, salt: salt)
        return SRPVerifier(salt: salt, verifier: SRPGroup.generator.power(x, modulo: SRPGroup.modulus).bytes)
    }

    private static func randomSalt() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
