/// Why an SRP exchange cannot go on.
public struct SRPError: Error, Sendable, Hashable, CustomStringConvertible {
    private enum Value: String, Sendable {
        case invalidPublicValue, invalidHexadecimal
    }

    private let value: Value

    /// The other end's public value is 0 modulo N (or u is 0), which would give the password away or do without it.
    public static let invalidPublicValue = Self(value: .invalidPublicValue)
    /// A number is not hexadecimal, or longer than any below N.
    public static let invalidHexadecimal = Self(value: .invalidHexadecimal)

    public var description: String { self.value.rawValue }
}
