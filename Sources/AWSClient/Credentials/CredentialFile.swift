#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A small file that holds one token.
enum CredentialFile {
    /// A token has about 2 KiB. Stops a wrong path from being read into memory whole and sent to somebody.
    static let maximumBytes = 64 << 10

    /// The text of the file without white space at its ends.
    ///
    /// - Throws: ``AWSError`` with `invalidConfiguration` if it cannot be read, is empty, too long or no text, or has control characters.
    static func text(path: String, source: String) throws(AWSError) -> String {
        guard let bytes = Self.read(path: path) else {
            throw AWSError(.invalidConfiguration, "the file that \(source) names cannot be read")
        }
        guard bytes.count <= Self.maximumBytes, let text = String(validating: bytes, as: UTF8.self) else {
            throw AWSError(.invalidConfiguration, "the file that \(source) names is no token")
        }
        let token = Self.trimmed(text)
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw AWSError(.invalidConfiguration, "the file that \(source) names is no token")
        }
        return token
    }

    /// - Returns: at most one byte more than is allowed; nil if the file cannot be read.
    private static func read(path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.maximumBytes + 1) { buffer, count in
            count = fread(buffer.baseAddress, 1, buffer.count, file)
            failed = ferror(file) != 0
        }
        return failed ? nil : bytes
    }

    private static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
