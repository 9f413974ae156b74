import ChatProtocol
package import Crypto

/// The client's half of one sign-in by SRP-6a as Cognito speaks it (RFC 5054 with Cognito's own hashing).
public struct SRPClient: Sendable {
    private let secret: [UInt8]
    private let publicBytes: [UInt8]

    /// Draws a secret that is used for one sign-in.
    public init() {
        self.init(secret: SRPGroup.randomSecret())
    }

    /// - Parameter secret: a, unsigned and big-endian. Only tests choose it.
    package init(secret: [UInt8]) {
        self.secret = secret
        self.publicBytes = SRPGroup.generator.power(BigNumber(secret), modulo: SRPGroup.modulus).bytes
    }

    /// `SRP_A` of `InitiateAuth`: A = g^a mod N in hexadecimal.
    public var publicValue: String { Hexadecimal.encode(self.publicBytes) }

    /// `PASSWORD_CLAIM_SIGNATURE` of `RespondToAuthChallenge`, the proof that this end knows the password.
    ///
    /// - Parameters:
    ///   - poolName: what follows the underscore in the user pool's id.
    ///   - userId: `USER_ID_FOR_SRP` of the challenge.
    ///   - salt: `SALT` of the challenge, hexadecimal.
    ///   - serverPublicValue: `SRP_B` of the challenge, hexadecimal.
    ///   - secretBlock: `SECRET_BLOCK` of the challenge, decoded from Base64.
    ///   - timestamp: `TIMESTAMP` of the response, see ``ClaimTimestamp``.
    /// - Returns: the signature, to be sent in Base64.
    /// - Throws: ``SRPError`` if the challenge is one that an honest server does not make.
    public func claimSignature(
        poolName: String, userId: String, password: String, salt: String, serverPublicValue: String, secretBlock: [UInt8],
        timestamp: String
    ) throws(SRPError) -> [UInt8] {
        let key = try self.sessionKey(
            poolName: poolName, userId: userId, password: password, salt: salt, serverPublicValue: serverPublicValue)
        return Array(
            SRPGroup.claimSignature(key: key, poolName: poolName, userId: userId, secretBlock: secretBlock, timestamp: timestamp))
    }

    package func sessionKey(
        poolName: String, userId: String, password: String, salt: String, serverPublicValue: String
    ) throws(SRPError) -> SymmetricKey {
        guard let salt = Hexadecimal.decode(salt), serverPublicValue.utf8.count <= SRPGroup.maximumHexadecimalDigits,
            let serverPublic = Hexadecimal.decode(serverPublicValue)
        else { throw .invalidHexadecimal }
        let modulus = SRPGroup.modulus
        let b = BigNumber(serverPublic)
        guard !b.modulo(modulus).isZero else { throw .invalidPublicValue }
        let u = SRPGroup.scrambling(clientPublic: BigNumber(self.publicBytes), serverPublic: b)
        guard !u.isZero else { throw .invalidPublicValue }

        // S = (B - k * g^x)^(a + u * x)
        let x = SRPGroup.privateKey(poolName: poolName, userId: userId, password: password, salt: salt)
        let verifier = SRPGroup.generator.power(x, modulo: modulus)
        let base = b.subtracting(SRPGroup.multiplier.multiplied(by: verifier, modulo: modulus), modulo: modulus)
        let shared = base.power(BigNumber(self.secret) + u * x, modulo: modulus)
        return SRPGroup.sessionKey(shared: shared, scrambling: u)
    }
}
