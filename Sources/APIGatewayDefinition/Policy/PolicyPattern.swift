/// A pattern with `*` (any text, none too, `:` and `/` included) and `?` (any one character).
///
/// Matching walks the text once and goes back no further than to the last `*`, so that it takes at most the length of the pattern times that
/// of the text, whatever they are. Nothing is tried recursively. `?` is one byte: ARNs are ASCII.
public struct PolicyPattern: Sendable, Hashable, CustomStringConvertible {
    /// Runs of `*` are one `*`.
    let bytes: [UInt8]

    /// An action's pattern: case does not matter.
    public init(action: String) {
        self.bytes = Self.collapsed(action.lowercased().utf8)
    }

    /// A resource's pattern: case matters. An ARN that ends early means everything in the fields that are missing: `arn:aws:execute-api` is
    /// `arn:aws:execute-api:*:*:*:*`.
    public init(resource: String) {
        var text = resource
        if text.hasPrefix("arn:") {
            let fields = text.utf8.count { $0 == UInt8(ascii: ":") } + 1
            if fields < 6 {
                text += String(repeating: ":*", count: 6 - fields)
                // A trailing `*` may already have stood for the rest.
                if resource.hasSuffix("*") { text = resource }
            }
        }
        self.bytes = Self.collapsed(text.utf8)
    }

    public var description: String { String(decoding: self.bytes, as: UTF8.self) }

    /// Whether the whole of `text` fits. For an action, `text` is in lower case.
    func matches(_ text: [UInt8]) -> Bool {
        var steps = 0
        return self.matches(text, steps: &steps)
    }

    /// The same, counting the comparisons.
    func matches(_ text: [UInt8], steps: inout Int) -> Bool {
        var position = 0
        var place = 0
        var lastStar: (after: Int, place: Int)?
        while place < text.count {
            steps += 1
            if position < self.bytes.count, self.bytes[position] == UInt8(ascii: "*") {
                position += 1
                lastStar = (position, place)
                if position == self.bytes.count { return true }
            } else if position < self.bytes.count, self.bytes[position] == UInt8(ascii: "?") || self.bytes[position] == text[place] {
                position += 1
                place += 1
            } else if let star = lastStar {
                // What follows the last star does not fit here: the star takes one more. An earlier star need not be asked, since
                // what it could take, this one can.
                lastStar = (star.after, star.place + 1)
                position = star.after
                place = star.place + 1
            } else {
                return false
            }
        }
        return self.bytes[position...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    private static func collapsed(_ text: some Sequence<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        for byte in text where byte != UInt8(ascii: "*") || bytes.last != byte { bytes.append(byte) }
        return bytes
    }
}
