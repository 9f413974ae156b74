/// The `Authorization` header of a request that is signed with Signature Version 4, taken apart:
/// `AWS4-HMAC-SHA256 Credential=KEY/DAY/REGION/SERVICE/aws4_request, SignedHeaders=a;b, Signature=…`.
struct AuthorizationHeader: Equatable {
    var accessKeyId: String
    var scope: SigningScope
    /// Lower-case, ascending, none twice.
    var signedHeaders: [String]
    /// 64 hexadecimal digits.
    var signature: String

    /// Bytes of the whole header. Stops a huge one from being taken apart. Default 4096; what SDKs send has about 200.
    static let maximumBytes = 4096
    static let maximumSignedHeaders = 64

    init(accessKeyId: String, scope: SigningScope, signedHeaders: [String], signature: String) {
        self.accessKeyId = accessKeyId
        self.scope = scope
        self.signedHeaders = signedHeaders
        self.signature = signature
    }

    /// - Throws: `incompleteSignature`, with what is wrong; `invalidScope` if the scope does not end as it must.
    init(parsing text: String) throws(SigV4Error) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw SigV4Error(.incompleteSignature, "Authorization is longer than \(Self.maximumBytes) bytes.")
        }
        guard text.utf8.starts(with: "\(SigningScope.algorithm) ".utf8) else {
            throw SigV4Error(.incompleteSignature, "Authorization is of another algorithm than \(SigningScope.algorithm).")
        }
        var parts: [String: Substring] = [:]
        for item in text.dropFirst(SigningScope.algorithm.count + 1).split(separator: ",", omittingEmptySubsequences: false) {
            let pair = Self.trimmed(item).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, ["Credential", "SignedHeaders", "Signature"].contains(pair[0]),
                parts.updateValue(pair[1], forKey: String(pair[0])) == nil
            else { throw SigV4Error(.incompleteSignature, "Authorization has an unknown, a repeated or a malformed parameter.") }
        }
        guard let credential = parts["Credential"], let signedHeaders = parts["SignedHeaders"], let signature = parts["Signature"] else {
            throw SigV4Error(.incompleteSignature, "Authorization requires Credential, SignedHeaders and Signature.")
        }
        let (accessKeyId, scope) = try Self.credential(credential)
        self.init(
            accessKeyId: accessKeyId, scope: scope, signedHeaders: try Self.signedHeaders(signedHeaders),
            signature: try Self.signature(signature))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }

    private static func credential(_ text: Substring) throws(SigV4Error) -> (String, SigningScope) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, (1...128).contains(parts[0].utf8.count), parts[0].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw SigV4Error(.incompleteSignature, "Credential is not of the form KEY/DAY/REGION/SERVICE/aws4_request.")
        }
        guard parts[4] == SigningScope.terminator else {
            throw SigV4Error(.invalidScope, "Credential does not end in \(SigningScope.terminator).")
        }
        return (String(parts[0]), SigningScope(day: String(parts[1]), region: String(parts[2]), service: String(parts[3])))
    }

    private static func signedHeaders(_ text: Substring) throws(SigV4Error) -> [String] {
        let names = text.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        guard names.count <= Self.maximumSignedHeaders else {
            throw SigV4Error(.incompleteSignature, "SignedHeaders names more than \(Self.maximumSignedHeaders) headers.")
        }
        var previous = ""
        for name in names {
            guard (1...128).contains(name.utf8.count), name.utf8.allSatisfy(Self.isLowercaseToken),
                previous.utf8.lexicographicallyPrecedes(name.utf8)
            else { throw SigV4Error(.incompleteSignature, "SignedHeaders is no ascending list of lower-case names.") }
            previous = name
        }
        return names
    }

    private static func isLowercaseToken(_ byte: UInt8) -> Bool {
        0x61...0x7A ~= byte || 0x30...0x39 ~= byte || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    private static func signature(_ text: Substring) throws(SigV4Error) -> String {
        guard text.utf8.count == 64, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }) else {
            throw SigV4Error(.incompleteSignature, "Signature is not 64 lower-case hexadecimal digits.")
        }
        return String(text)
    }
}
