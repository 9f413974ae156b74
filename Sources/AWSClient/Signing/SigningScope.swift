import ChatProtocol
import Crypto

/// What a signature is good for: one day, one region, one service.
struct SigningScope: Sendable, Hashable {
    /// `YYYYMMDD`, in UTC.
    var day: String
    var region: String
    var service: String

    static let algorithm = "AWS4-HMAC-SHA256"
    static let terminator = "aws4_request"

    var text: String { "\(self.day)/\(self.region)/\(self.service)/\(Self.terminator)" }

    /// A point in time as `x-amz-date` has it, `YYYYMMDDTHHMMSSZ`.
    static func basicFormat(_ timestamp: Timestamp) -> String {
        String(decoding: timestamp.description.utf8.prefix(19).filter { $0 != 0x2D && $0 != 0x3A }, as: UTF8.self) + "Z"
    }

    /// - Returns: nil if it is not of the form `YYYYMMDDTHHMMSSZ`.
    static func timestamp(basicFormat text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
        func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        return Timestamp("\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z")
    }

    /// The key for this scope, derived from the secret by four steps of HMAC.
    func key(secret: String) -> SymmetricKey {
        var key = SymmetricKey(data: Array("AWS4\(secret)".utf8))
        for part in [self.day, self.region, self.service, Self.terminator] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
        return key
    }

    /// The text that is signed in the end.
    func stringToSign(date: String, canonicalRequest: CanonicalRequest) -> [UInt8] {
        var output = Array("\(Self.algorithm)\n\(date)\n\(self.text)\n".utf8)
        output += Hexadecimal.digits(of: SHA256.hash(data: canonicalRequest.bytes))
        return output
    }
}
