/// Why a route selection expression is refused.
public struct RouteSelectionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// In plain words, with the place in the expression.
    public let description: String

    init(_ description: String) { self.description = description }
}
