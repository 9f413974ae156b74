/// A text that is not JSON, or that nests deeper than is read.
struct JSONError: Error, Hashable {
    enum Reason: Hashable {
        case unexpectedByte, truncated, tooDeep
    }

    /// Bytes from the start of the text.
    var offset: Int
    var reason: Reason
}
