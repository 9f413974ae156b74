/// A server is not there to be measured, which is no failure.
struct NotInstalled: Error, CustomStringConvertible {
    var description: String

    init(_ what: String) {
        self.description = "not installed (\(what))"
    }
}
