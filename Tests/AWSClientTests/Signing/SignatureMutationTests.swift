import ChatProtocol
import HTTPTypes
import Testing

@testable import AWSClient

/// Requests made up from a seed: each is accepted as it was signed, and refused after any change of a signed part.
struct SignatureMutationTests {
    private static let signer = SigV4Signer(service: "execute-api", region: "us-east-1")
    private static let verifier = SigV4Verifier(service: "execute-api", region: "us-east-1")

    private static func accepts(_ request: AWSHTTPRequest) -> Bool {
        (try? Self.verifier.verify(request, at: .vectors) {
            $0 == AWSCredentials.example.accessKeyId ? AWSCredentials.example.secretAccessKey : nil
        }) != nil
    }

    private static func text(_ alphabet: String, _ lengths: ClosedRange<Int>, _ random: inout SeededGenerator) -> String {
        let letters = Array(alphabet)
        return String((0..<Int.random(in: lengths, using: &random)).map { _ in letters.randomElement(using: &random)! })
    }

    private static func request(_ random: inout SeededGenerator) -> AWSHTTPRequest {
        let unreserved = "abcXYZ019-_~"
        var path = ""
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            path += "/" + Self.text(unreserved + "@=:$", 1...6, &random) + ["", "%3D", "%40", "%20"].randomElement(using: &random)!
        }
        let query = (0..<Int.random(in: 0...3, using: &random))
            .map { "\($0)\(Self.text(unreserved, 1...4, &random))=\(Self.text(unreserved + ".", 0...5, &random))" }.joined(separator: "&")
        var request = AWSHTTPRequest(
            method: [.get, .post, .delete].randomElement(using: &random)!, host: "\(Self.text("abc", 1...8, &random)):8443", path: path,
            query: query, body: (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
        for index in 0..<Int.random(in: 0...3, using: &random) {
            request.headers[HTTPField.Name("X-Test-\(index)")!] = Self.text(unreserved + "\",;", 1...12, &random)
        }
        var credentials = AWSCredentials.example
        if Bool.random(using: &random) { credentials.sessionToken = Self.text(unreserved + "/+=", 10...40, &random) }
        Self.signer.sign(&request, credentials: credentials, at: .vectors)
        return request
    }

    /// Every change, one at a time, that makes it another request.
    private static func mutations(of request: AWSHTTPRequest, _ random: inout SeededGenerator) -> [(String, AWSHTTPRequest)] {
        var changes: [(String, AWSHTTPRequest)] = []
        func change(_ name: String, _ mutate: (inout AWSHTTPRequest) -> Void) {
            var changed = request
            mutate(&changed)
            changes.append((name, changed))
        }
        change("method") { $0.method = .put }
        change("host") { $0.host += "1" }
        change("path longer") { $0.path += "x" }
        change("path shorter") { $0.path.removeLast() }
        change("path encoded otherwise") { $0.path = $0.path.replacing("%", with: "%25") + "%25" }
        change("query") { $0.query += "&zz=1" }
        if let item = request.query.split(separator: "&").first {
            change("query item") { $0.query = $0.query.replacing(item, with: "\(item)x") }
        }
        change("body longer") { $0.body.append(0) }
        if !request.body.isEmpty {
            let index = request.body.indices.randomElement(using: &random)!
            change("bit of the body") { $0.body[index] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
        }
        for field in request.headers where field.name != .authorization {
            change("header \(field.name)") { $0.headers[field.name] = field.value + "x" }
            change("no header \(field.name)") { $0.headers[field.name] = nil }
            change("header \(field.name) twice") { $0.headers.append(field) }
        }
        let authorization = request.headers[.authorization]!
        for character in authorization.indices where authorization[character].isHexDigit && authorization[character] != "0" {
            if Int.random(in: 0..<8, using: &random) > 0 { continue }
            change("Authorization at \(authorization.distance(from: authorization.startIndex, to: character))") {
                $0.headers[.authorization]!.replaceSubrange(character...character, with: "0")
            }
        }
        return changes
    }

    @Test("A signed request is accepted, and no changed one", arguments: UInt64(1)...20)
    func refusesChanges(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<10 {
            let request = Self.request(&random)
            #expect(Self.accepts(request), "\(request)")
            for (name, changed) in Self.mutations(of: request, &random) {
                #expect(!Self.accepts(changed), "\(name): \(changed)")
            }
        }
    }

    @Test("What a proxy may change is not held against a request")
    func harmlessChanges() {
        var request = AWSHTTPRequest(host: "h", path: "/a", query: "b=2&a=1", headers: [HTTPField.Name("X-Test")!: "a b"])
        Self.signer.sign(&request, credentials: .example, at: .vectors)
        request.query = "a=1&b=2"
        request.headers[HTTPField.Name("X-Test")!] = "  a   b "
        request.headers[HTTPField.Name("X-Forwarded-For")!] = "192.0.2.1"
        request.headers[.userAgent] = "other"
        #expect(Self.accepts(request))
    }
}
