import ChatProtocol
import Crypto

/// What Cognito's SRP-6a fixes: the group, the hash and how integers become bytes.
///
/// The group is RFC 3526's number 15 (3,072 bits) with the generator 2, the hash is SHA-256, and an integer is hashed as Java
/// writes it: the shortest two's complement, so with a zero byte in front if the top bit is set, never padded to the length
/// of N.
enum SRPGroup {
    static let modulusHexadecimal =
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
        + "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
        + "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
        + "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
        + "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
        + "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
        + "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
        + "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF"

    /// Hexadecimal digits of a number below N, with a leading zero byte.
    static let maximumHexadecimalDigits = 2 * (384 + 1)

    /// Bytes of the secret exponents a and b.
    static let secretBytes = 128

    static var modulus: BigNumber { BigNumber(modulusBytes) }
    static var generator: BigNumber { BigNumber([2]) }

    private static let modulusBytes: [UInt8] = Hexadecimal.decode(modulusHexadecimal) ?? []

    /// k = H(pad(N) | pad(g)).
    static var multiplier: BigNumber { BigNumber(multiplierBytes) }

    private static let multiplierBytes = hash(pad(BigNumber(modulusBytes)), pad(BigNumber([2])))

    static func pad(_ number: BigNumber) -> [UInt8] {
        let bytes = number.bytes
        guard let first = bytes.first else { return [0] }
        return first & 0x80 == 0 ? bytes : [0] + bytes
    }

    static func hash(_ parts: [UInt8]...) -> [UInt8] {
        var hash = SHA256()
        for part in parts { hash.update(data: part) }
        return Array(hash.finalize())
    }

    /// x = H(pad(salt) | H(poolName | userId | ":" | password)).
    static func privateKey(poolName: String, userId: String, password: String, salt: [UInt8]) -> BigNumber {
        let identity = self.hash(Array("\(poolName)\(userId):\(password)".utf8))
        return BigNumber(self.hash(self.pad(BigNumber(salt)), identity))
    }

    /// u = H(pad(A) | pad(B)).
    static func scrambling(clientPublic: BigNumber, serverPublic: BigNumber) -> BigNumber {
        BigNumber(self.hash(self.pad(clientPublic), self.pad(serverPublic)))
    }

    /// The key that both ends sign with: the first half of one HKDF block (RFC 5869) with pad(u) as salt.
    static func sessionKey(shared: BigNumber, scrambling: BigNumber) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: self.pad(shared)),
            salt: self.pad(scrambling),
            info: Array("Caldera Derived Key".utf8),
            outputByteCount: 16)
    }

    /// The proof of knowing the password: HMAC(key, poolName | userId | secretBlock | timestamp).
    static func claimSignature(
        key: SymmetricKey, poolName: String, userId: String, secretBlock: [UInt8], timestamp: String
    ) -> HMAC<SHA256>.MAC {
        var hmac = HMAC<SHA256>(key: key)
        hmac.update(data: Array(poolName.utf8))
        hmac.update(data: Array(userId.utf8))
        hmac.update(data: secretBlock)
        hmac.update(data: Array(timestamp.utf8))
        return hmac.finalize()
    }

    static func randomSecret() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<self.secretBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
