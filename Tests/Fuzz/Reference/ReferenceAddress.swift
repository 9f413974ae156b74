#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// IP addresses as the system reads them.
enum ReferenceAddress {
    /// The 16 bytes of an address, an IPv4 one mapped to IPv6.
    static func bytes(_ text: [UInt8]) -> [UInt8]? { self.v6(text) ?? self.v4(text) }

    static func v4(_ text: [UInt8]) -> [UInt8]? {
        self.read(AF_INET, text, count: 4).map { Array(repeating: 0, count: 10) + [0xFF, 0xFF] + $0 }
    }

    static func v6(_ text: [UInt8]) -> [UInt8]? { self.read(AF_INET6, text, count: 16) }

    private static func read(_ family: Int32, _ text: [UInt8], count: Int) -> [UInt8]? {
        guard !text.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        let result = (text + [0]).withUnsafeBytes { text in
            bytes.withUnsafeMutableBytes { inet_pton(family, text.baseAddress!.assumingMemoryBound(to: CChar.self), $0.baseAddress!) }
        }
        return result == 1 ? bytes : nil
    }
}
