/// A text that is not JSON, or that nests deeper than is read.
package struct JSONError: Error, Hashable {
    package enum Reason: Hashable {
        case unexpectedByte, truncated, tooDeep
    }

    /// Bytes from the start of the text.
    package var offset: Int
    package var reason: Reason
}
