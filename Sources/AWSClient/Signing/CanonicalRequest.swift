import ChatProtocol
import Crypto
import HTTPTypes

/// The one text to which signer and verifier reduce a request, so that what may change on the way (the order of headers and of query
/// items, runs of spaces) does not matter and everything else does.
///
/// Source: AWS IAM User Guide, "Create a signed AWS API request". The path is encoded once more than it was sent, which is the rule of
/// all services but S3; this is no signer for S3.
struct CanonicalRequest {
    let bytes: [UInt8]

    /// - Parameters:
    ///   - signedHeaders: lower-case names in ascending order. `host` stands for ``AWSHTTPRequest/host``.
    ///   - normalizesPath: whether `.` and `..` segments and doubled slashes are resolved first, which AWS's services do.
    init(_ request: AWSHTTPRequest, signedHeaders: [String], normalizesPath: Bool = true) {
        var output: [UInt8] = []
        output.reserveCapacity(512)
        output += request.method.rawValue.utf8
        output.append(Self.newline)
        Self.appendPath(request.path, normalized: normalizesPath, to: &output)
        output.append(Self.newline)
        Self.appendQuery(request.query, to: &output)
        output.append(Self.newline)
        for name in signedHeaders {
            output += name.utf8
            output.append(UInt8(ascii: ":"))
            if name == "host" {
                Self.appendValue(request.host, to: &output)
            } else if let name = HTTPField.Name(name) {
                for (index, value) in request.headers[values: name].enumerated() {
                    if index > 0 { output.append(UInt8(ascii: ",")) }
                    Self.appendValue(value, to: &output)
                }
            }
            output.append(Self.newline)
        }
        output.append(Self.newline)
        output += signedHeaders.joined(separator: ";").utf8
        output.append(Self.newline)
        output += Hexadecimal.digits(of: SHA256.hash(data: request.body))
        self.bytes = output
    }

    private static let newline = UInt8(ascii: "\n")

    private static func appendPath(_ path: String, normalized: Bool, to output: inout [UInt8]) {
        var segments = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if segments.first?.isEmpty == true { segments.removeFirst() }
        if normalized {
            var kept: [Substring.UTF8View] = []
            let endsInSlash = segments.last.map { $0.isEmpty || $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) } ?? true
            for segment in segments where !segment.isEmpty && !segment.elementsEqual(".".utf8) {
                if segment.elementsEqual("..".utf8) {
                    _ = kept.popLast()
                } else {
                    kept.append(segment)
                }
            }
            if endsInSlash, !kept.isEmpty { kept.append("".utf8[...]) }
            segments = kept
        }
        if segments.isEmpty { output.append(UInt8(ascii: "/")) }
        for segment in segments {
            output.append(UInt8(ascii: "/"))
            URIEncoding.append(segment, to: &output)
        }
    }

    private static func appendQuery(_ query: String, to output: inout [UInt8]) {
        var items: [(name: [UInt8], value: [UInt8])] = []
        for item in query.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            var name: [UInt8] = []
            var value: [UInt8] = []
            URIEncoding.append(URIEncoding.decode(parts[0]), to: &name)
            if parts.count > 1 { URIEncoding.append(URIEncoding.decode(parts[1]), to: &value) }
            items.append((name, value))
        }
        items.sort {
            $0.name == $1.name ? $0.value.lexicographicallyPrecedes($1.value) : $0.name.lexicographicallyPrecedes($1.name)
        }
        for (index, item) in items.enumerated() {
            if index > 0 { output.append(UInt8(ascii: "&")) }
            output += item.name
            output.append(UInt8(ascii: "="))
            output += item.value
        }
    }

    /// A header's value without white space at its ends, each run of it inside as one space.
    private static func appendValue(_ value: String, to output: inout [UInt8]) {
        var pendingSpace = false
        let start = output.count
        for byte in value.utf8 {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: pendingSpace = output.count > start
            default:
                if pendingSpace { output.append(0x20) }
                pendingSpace = false
                output.append(byte)
            }
        }
    }
}
