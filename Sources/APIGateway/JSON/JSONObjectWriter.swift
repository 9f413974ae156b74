import AWSLambda

/// Writes one JSON object, member by member: what is not on the hot path.
struct JSONObjectWriter {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]
    private var isFirst = true

    mutating func member(_ name: String, _ value: String) {
        self.name(name)
        JSONEscaping.append(string: value, to: &self.bytes)
    }

    mutating func member(_ name: String, _ value: Int64) { self.member(name, json: Array(String(value).utf8)) }

    mutating func member(_ name: String, _ value: Bool) { self.member(name, json: Array((value ? "true" : "false").utf8)) }

    /// A member whose value is JSON already.
    mutating func member(_ name: String, json: [UInt8]) {
        self.name(name)
        self.bytes.append(contentsOf: json)
    }

    mutating func member(_ name: String, _ object: JSONObjectWriter) { self.member(name, json: object.finished) }

    mutating func member(_ name: String, _ values: [String]) {
        self.name(name)
        self.bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { self.bytes.append(UInt8(ascii: ",")) }
            JSONEscaping.append(string: value, to: &self.bytes)
        }
        self.bytes.append(UInt8(ascii: "]"))
    }

    /// The whole object.
    var finished: [UInt8] { self.bytes + [UInt8(ascii: "}")] }

    private mutating func name(_ name: String) {
        if !self.isFirst { self.bytes.append(UInt8(ascii: ",")) }
        self.isFirst = false
        JSONEscaping.append(string: name, to: &self.bytes)
        self.bytes.append(UInt8(ascii: ":"))
    }
}
