import ChatProtocol
import HTTPTypes

/// What the verifier asks of a request's headers before it computes anything.
extension SigV4Verifier {
    /// - Returns: nil if there is none. Two would leave open which of them counts.
    static func single(_ name: HTTPField.Name, in request: AWSHTTPRequest) throws(SigV4Error) -> String? {
        let values = request.headers[values: name]
        guard values.count <= 1 else { throw SigV4Error(.incompleteSignature, "The request has more than one \(name.rawName) header.") }
        return values.first
    }

    /// When the request says that it was signed: `X-Amz-Date`, or else `Date`, in the basic form of ISO 8601 or in HTTP's.
    func date(of request: AWSHTTPRequest, signedHeaders: [String]) throws(SigV4Error) -> Timestamp {
        let name: HTTPField.Name = request.headers.contains(.amzDate) ? .amzDate : .date
        guard let text = try Self.single(name, in: request) else {
            throw SigV4Error(.incompleteSignature, "The request has neither X-Amz-Date nor Date.")
        }
        guard signedHeaders.contains(name.canonicalName) else {
            throw SigV4Error(.incompleteSignature, "\(name.rawName) must be a signed header.")
        }
        let httpDate = name == .date ? HTTPDate.timestamp(text) : nil
        guard let date = SigningScope.timestamp(basicFormat: text) ?? httpDate else {
            throw SigV4Error(.incompleteSignature, "\(name.rawName) is no date.")
        }
        return date
    }

    /// `host` must be signed, every `x-amz-` header too, and what is said to be signed must be there.
    static func checkSignedHeaders(_ names: [String], of request: AWSHTTPRequest) throws(SigV4Error) {
        guard !request.host.isEmpty else { throw SigV4Error(.incompleteSignature, "The request has no Host header.") }
        guard names.contains("host") else { throw SigV4Error(.incompleteSignature, "Host must be a signed header.") }
        _ = try Self.single(.amzSecurityToken, in: request)
        let signed = Set(names)
        for field in request.headers where field.name.canonicalName.hasPrefix("x-amz-") {
            guard signed.contains(field.name.canonicalName) else {
                throw SigV4Error(.incompleteSignature, "An X-Amz- header is not among the signed headers.")
            }
        }
        for name in names where name != "host" {
            guard let name = HTTPField.Name(name), request.headers.contains(name) else {
                throw SigV4Error(.incompleteSignature, "A signed header is not in the request.")
            }
        }
    }

    /// Compares in a time that depends on the lengths alone.
    static func isEqual(_ left: String, _ right: String) -> Bool {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
