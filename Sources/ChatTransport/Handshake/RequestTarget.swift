/// What a request is for, in origin-form or in absolute-form (RFC 9112 sections 3.2.1 and 3.2.2).
package struct RequestTarget: Sendable, Equatable {
    /// Host and port, if the target names them: then they count, and not the `Host` field. Nil in origin-form.
    let authority: Substring?
    /// Path and query. Begins with a slash.
    let pathAndQuery: Substring

    /// Nil in any other form. RFC 6455 section 4.2.1 has absolute HTTP and HTTPS URIs beside paths.
    package init?(_ text: Substring) {
        if text.utf8.first == UInt8(ascii: "/") {
            (self.authority, self.pathAndQuery) = (nil, text)
            return
        }
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), ["http", "https"].contains(text[..<colon].lowercased()) else {
            return nil
        }
        let rest = text[colon...].utf8.dropFirst()
        guard rest.starts(with: "//".utf8) else { return nil }
        let hierarchy = rest.dropFirst(2)
        let end = hierarchy.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? hierarchy.endIndex
        // A name and a password are an error here (RFC 9110 section 4.2.4).
        guard end > hierarchy.startIndex, !hierarchy[..<end].contains(UInt8(ascii: "@")) else { return nil }
        self.authority = text[hierarchy.startIndex..<end]
        let path = text[end...]
        self.pathAndQuery = path.utf8.first == UInt8(ascii: "/") ? path : "/" + path
    }

    /// Without the query.
    package var path: Substring { self.pathAndQuery[..<self.question] }

    /// Without the question mark; empty if there is none.
    package var query: Substring { Substring(self.pathAndQuery.utf8[self.question...].dropFirst()) }

    private var question: Substring.Index {
        self.pathAndQuery.utf8.firstIndex(of: UInt8(ascii: "?")) ?? self.pathAndQuery.endIndex
    }
}
