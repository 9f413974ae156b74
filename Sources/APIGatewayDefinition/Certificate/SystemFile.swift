import FoundationEssentials

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the system said of a file or a folder.
public struct SystemFileError: Error, Sendable, Hashable, CustomStringConvertible {
    public var operation: String
    public var path: String
    /// `errno`.
    public var code: Int32

    public var description: String { "\(self.operation) \(self.path): \(String(cString: strerror(self.code)))" }
}

/// Files that hold a secret: their modes, and replacing them whole.
enum SystemFile {
    /// PEM files have a kilobyte or two.
    static let maximumBytes = 65_536

    static func makeDirectory(_ path: String) throws(SystemFileError) {
        // The folders above it, one after the other, as `mkdir -p`.
        for (index, character) in path.utf8.enumerated() where character == UInt8(ascii: "/") && index > 0 {
            _ = mkdir(String(path.utf8.prefix(index))!, 0o700)
        }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw SystemFileError(operation: "mkdir", path: path, code: errno) }
    }

    /// Runs `body` while no other process runs one with the same file.
    static func withLock<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemFileError(operation: "open", path: path, code: errno) }
        // Closing gives the lock back.
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw SystemFileError(operation: "lock", path: path, code: errno) }
        }
        return try body()
    }

    /// Whether it is a file of this user that nobody else may read or write.
    static func isPrivate(_ path: String) -> Bool {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            attributes[.type] as? FileAttributeType == .typeRegular,
            let mode = self.integer(attributes[.posixPermissions]), let owner = self.integer(attributes[.ownerAccountID])
        else { return false }
        return mode & 0o077 == 0 && owner == Int(geteuid())
    }

    /// An attribute of a file. Where all of Foundation is linked it is an `NSNumber`, which is every one of these.
    private static func integer(_ attribute: Any?) -> Int? {
        switch attribute {
        case let number as Int: number
        case let number as UInt: Int(exactly: number)
        case let number as UInt32: Int(exactly: number)
        case let number as UInt16: Int(number)
        default: nil
        }
    }

    /// The text, or `nil` if there is no such file or it is longer than such a file is.
    static func read(_ path: String) throws(SystemFileError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw SystemFileError(operation: "open", path: path, code: errno)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            #if canImport(Darwin)
            let count = Darwin.read(descriptor, &chunk, chunk.count)
            #elseif canImport(Glibc)
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            #else
            let count = Musl.read(descriptor, &chunk, chunk.count)
            #endif
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemFileError(operation: "read", path: path, code: errno) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
            if bytes.count > self.maximumBytes { return nil }
        }
    }

    /// Replaces a file: a new one with `mode` from its first moment, written out to disk, then given the name.
    static func write(_ text: String, to path: String, mode: mode_t) throws(SystemFileError) {
        let temporary = path + "." + String(UInt64.random(in: .min ... .max), radix: 16)
        let descriptor = open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw SystemFileError(operation: "open", path: temporary, code: errno) }
        let failure = self.write(Array(text.utf8), to: descriptor)
        close(descriptor)
        guard failure == 0, rename(temporary, path) == 0 else {
            let code = failure == 0 ? errno : failure
            unlink(temporary)
            throw SystemFileError(operation: "write", path: path, code: code)
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { buffer in
                #if canImport(Darwin)
                Darwin.write(descriptor, buffer.baseAddress, buffer.count)
                #elseif canImport(Glibc)
                Glibc.write(descriptor, buffer.baseAddress, buffer.count)
                #else
                Musl.write(descriptor, buffer.baseAddress, buffer.count)
                #endif
            }
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            rest = rest.dropFirst(count)
        }
        return fsync(descriptor) == 0 ? 0 : errno
    }

    /// The machine's name, or nothing.
    static func hostName() -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let result = buffer.withUnsafeMutableBytes { gethostname($0.baseAddress!.assumingMemoryBound(to: CChar.self), 255) }
        return result == 0 ? String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self) : ""
    }

    /// The 4 or 16 bytes of an address, if `text` is one.
    static func addressBytes(_ text: String) -> [UInt8]? {
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 { return withUnsafeBytes(of: &v4) { Array($0) } }
        var v6 = in6_addr()
        if inet_pton(AF_INET6, text, &v6) == 1 { return withUnsafeBytes(of: &v6) { Array($0) } }
        return nil
    }
}
