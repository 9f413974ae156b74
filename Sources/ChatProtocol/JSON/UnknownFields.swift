/// Members of a frame that this version does not know: ignored, and kept so that encoding the value again loses nothing.
///
/// A newer peer may add members at any time. The array is empty, and costs nothing, when there are none.
public struct UnknownFields: Sendable, Hashable {
    /// One member, its value kept as JSON text.
    public struct Field: Sendable, Hashable {
        public let name: String
        public let json: String
    }

    public private(set) var fields: [Field] = []

    public init() {}

    /// The JSON text of the member called `name`, if there was one.
    public subscript(name: String) -> String? {
        self.fields.last { $0.name == name }?.json
    }

    mutating func append(name: String, json: String) {
        self.fields.append(Field(name: name, json: json))
    }
}
