import Testing

@testable import AWSClient

struct AuthorizationHeaderTests {
    private static let signature = String(repeating: "0a", count: 32)
    private static let valid: String =
        "AWS4-HMAC-SHA256 Credential=AKID/20261124/us-east-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=\(signature)"

    private static let parsed = AuthorizationHeader(
        accessKeyId: "AKID", scope: SigningScope(day: "20261124", region: "us-east-1", service: "execute-api"),
        signedHeaders: ["host", "x-amz-date"], signature: signature)

    @Test(
        "Spaces after commas and the order of the parameters do not matter",
        arguments: [
            valid, valid.replacing(", ", with: ","), valid.replacing(", ", with: " ,  "),
            "AWS4-HMAC-SHA256 Signature=\(signature), SignedHeaders=host;x-amz-date, Credential=AKID/20261124/us-east-1/execute-api/aws4_request",
        ])
    func spelling(text: String) throws {
        #expect(try AuthorizationHeader(parsing: text) == Self.parsed)
    }

    @Test(
        "What is malformed is refused",
        arguments: [
            "", "AWS4-HMAC-SHA256", "Bearer abc", valid.replacing("SHA256", with: "SHA1"), valid + ",", valid + ", X=1",
            valid + ", Signature=0",
            valid.replacing("Signature=", with: "Signature "), valid.replacing(signature, with: String(signature.dropLast())),
            valid.replacing("0a0a", with: "0A0A"), valid.replacing("host;x-amz-date", with: "x-amz-date;host"),
            valid.replacing("host;x-amz-date", with: "host;host"), valid.replacing("host;x-amz-date", with: "Host"),
            valid.replacing("host;x-amz-date", with: ""), valid.replacing("host;x-amz-date", with: "host;"),
            valid.replacing("AKID/", with: "/"), valid.replacing("AKID/", with: "A KID/"), valid.replacing("AKID/", with: "AK/ID/"),
            valid.replacing("AKID", with: String(repeating: "A", count: 129)), valid.replacing("AKID", with: "AKÏD"),
            valid + String(repeating: " ", count: 4096), valid.replacing("host;", with: "ho\u{0}st;"),
            valid.replacing("host;x-amz-date", with: (100..<165).map { "h\($0)" }.joined(separator: ";")),
        ])
    func malformed(text: String) {
        let error = #expect(throws: SigV4Error.self) { try AuthorizationHeader(parsing: text) }
        #expect(error?.code == .incompleteSignature)
    }

    @Test("A scope that ends otherwise")
    func terminator() {
        let error = #expect(throws: SigV4Error.self) {
            try AuthorizationHeader(parsing: Self.valid.replacing("aws4_request", with: "aws5_request"))
        }
        #expect(error?.code == .invalidScope)
    }

    @Test("Damaged headers never crash, and what is taken is within the limits", arguments: UInt64(1)...20)
    func fuzz(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "Credential=", "SignedHeaders=", "Signature=", ",", ";", "/", "=", " ", "aws4_request", "host", "\u{0}", "é",
            "AWS4-HMAC-SHA256 ",
        ]
        var accepted = 0
        for _ in 0..<500 {
            var bytes = Array(Self.valid.utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let start = Int.random(in: 0...bytes.count, using: &random)
                let end = min(bytes.count, start + Int.random(in: 0...4, using: &random))
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.replaceSubrange(start..<end, with: [])
                case 1: bytes.replaceSubrange(start..<end, with: pieces.randomElement(using: &random)!.utf8)
                case 2: bytes.insert(contentsOf: bytes[start..<end], at: start)
                default: if start < bytes.count { bytes[start] = UInt8.random(in: 0...255, using: &random) }
                }
            }
            guard let header = try? AuthorizationHeader(parsing: String(decoding: bytes, as: UTF8.self)) else { continue }
            accepted += 1
            #expect((1...128).contains(header.accessKeyId.utf8.count))
            #expect(header.signature.utf8.count == 64)
            #expect((1...64).contains(header.signedHeaders.count))
            #expect(header.signedHeaders == header.signedHeaders.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
            #expect(Set(header.signedHeaders).count == header.signedHeaders.count)
        }
        #expect(accepted > 0)
    }
}
