/// A string that equals another only if the bytes of both are the same.
///
/// Swift takes canonically equivalent strings for equal ("é" as one scalar or as two); SQLite and DynamoDB do not. A store that keeps
/// names as keys in memory has to tell them apart as those do, or a message lands in a room that its name does not lead to.
package struct ExactString: Hashable, Sendable {
    package let string: String

    package init(_ string: String) {
        self.string = string
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.string.utf8.elementsEqual(right.string.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var string = self.string
        string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
