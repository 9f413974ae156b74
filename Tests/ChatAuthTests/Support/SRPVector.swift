import Foundation

/// Whole sign-ins with all their numbers, computed apart from this code and agreed upon with pycognito.
struct SRPVector: Decodable, Sendable, CustomStringConvertible {
    struct File: Decodable {
        var k: String
        var N: String
        var vectors: [SRPVector]
    }

    /// What is special about the numbers.
    var `case`: String
    var userPoolId: String
    var userIdForSrp: String
    var password: String
    var a: String
    var b: String
    var salt: String
    var A: String
    var x: String
    var v: String
    var B: String
    var u: String
    var S: String
    var key: String
    var secretBlock: String
    var timestamp: String
    var signature: String

    var poolName: String { String(self.userPoolId.split(separator: "_")[1]) }
    var description: String { self.case }

    static let file: File = {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        do {
            let json = try Data(contentsOf: tests.appending(path: "Vectors/cognito-srp.json"))
            return try JSONDecoder().decode(File.self, from: json)
        } catch {
            fatalError("The vectors cannot be read: \(error)")
        }
    }()

    static let all = Self.file.vectors
}
