import Foundation

/// A file for the length of a test.
enum TemporaryFile {
    static func with<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let path = try Self.create(text)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    static func with<Result>(_ text: String, _ body: (String) async throws -> Result) async throws -> Result {
        let path = try Self.create(text)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    private static func create(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }
}
