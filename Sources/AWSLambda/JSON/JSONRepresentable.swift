/// A type that writes its own JSON, with the members in the order in which AWS writes them, and without Foundation.
///
/// What it writes is what its `Encodable` conformance writes, apart from the order.
public protocol JSONRepresentable: Sendable {
    /// The value as one JSON text without line breaks, in UTF-8.
    var json: [UInt8] { get }
}

extension JSONText {
    mutating func member(_ name: String, _ values: [String: String]?) {
        guard let values else { return }
        self.name(name)
        self.object { text in
            for (name, value) in values.sorted(by: { $0.key < $1.key }) { text.member(name, value) }
        }
    }

    mutating func member(_ name: String, _ values: [String: [String]]?) {
        guard let values else { return }
        self.name(name)
        self.object { text in
            for (name, values) in values.sorted(by: { $0.key < $1.key }) {
                text.name(name)
                text.array { text in
                    for value in values { text.string(value) }
                }
            }
        }
    }

    mutating func member(_ name: String, _ value: APIGatewayContextValue) {
        switch value {
        case .string(let value): self.member(name, value)
        case .number(let value): self.member(name, value)
        case .bool(let value): self.member(name, value)
        }
    }
}
