import Crypto

/// The last step of a signature, for requests that the signer does not make.
enum TestSignature {
    static func hexadecimal(_ text: [UInt8], key: SymmetricKey) -> String {
        HMAC<SHA256>.authenticationCode(for: text, using: key).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }
}
