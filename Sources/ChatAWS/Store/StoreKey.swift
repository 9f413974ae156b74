import ChatProtocol
import Crypto

/// Keys of items, from names that may be longer than DynamoDB's keys.
///
/// DynamoDB takes 2048 bytes as a partition key and 1024 as a sort key, and neither may be empty. A chat's own names are far shorter
/// (`ChatLimits`), and stand in the keys as they are, so that a table can be read by people. What is longer becomes a digest, under
/// another prefix, so that no name can pass for the digest of another.
enum StoreKey {
    static let maximumPartitionBytes = 2048
    static let maximumSortBytes = 1024

    /// - Parameter kind: what the name is a name of; it keeps the kinds of item in one table apart.
    static func partition(_ kind: String, _ name: String) -> String {
        let key = "\(kind)#\(name)"
        return key.utf8.count <= Self.maximumPartitionBytes ? key : "\(kind)-sha256#\(Self.digest([name]))"
    }

    /// A sort key in the order of the names. Names of more than 900 bytes that have those in common are in some order.
    static func sort(_ kind: String, _ name: String) -> String {
        let prefix = "\(kind)#"
        guard name.utf8.count > Self.plainSortBytes else { return prefix + name }
        // Cut between characters as DynamoDB knows them, the scalars; longer than any name that was not cut.
        var cut = name.unicodeScalars.prefix(Self.plainSortBytes)
        while String(cut).utf8.count > Self.plainSortBytes { cut.removeLast() }
        let padding = String(repeating: "~", count: Self.plainSortBytes - String(cut).utf8.count)
        return "\(prefix)\(String(cut))\(padding)#\(Self.digest([name]))"
    }

    private static let plainSortBytes = 900

    /// SHA-256 of the names, each with its length before it, in hexadecimal digits.
    static func digest(_ names: [String]) -> String {
        var hash = SHA256()
        for name in names {
            withUnsafeBytes(of: UInt64(name.utf8.count).bigEndian) { hash.update(bufferPointer: $0) }
            var name = name
            name.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        }
        return Hexadecimal.encode(hash.finalize())
    }

    /// An integer as text that sorts as the integer does, negative ones before others.
    static func sortable(_ value: Int64) -> String {
        let digits = String(UInt64(bitPattern: value) ^ (1 << 63), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
