/// A tree of YAML or JSON, with the line that each part began in.
struct DocumentNode: Sendable, Equatable {
    indirect enum Value: Sendable, Equatable {
        case null
        /// A text. `isPlain` without quotes: only then is `true` a Boolean and `1` a number.
        case scalar(String, isPlain: Bool)
        case list([DocumentNode])
        case map([Entry])
    }

    struct Entry: Sendable, Equatable {
        var key: String
        var value: DocumentNode
    }

    var value: Value
    var line: Int?

    init(_ value: Value, line: Int? = nil) {
        self.value = value
        self.line = line
    }

    init(text: String, line: Int? = nil) {
        self.init(.scalar(text, isPlain: false), line: line)
    }

    /// What it is called in an error.
    var kind: String {
        switch self.value {
        case .null: "nothing"
        case .scalar: "a text"
        case .list: "a list"
        case .map: "a mapping"
        }
    }

    var isNull: Bool { self.value == .null }

    var text: String? {
        guard case .scalar(let text, _) = self.value else { return nil }
        return text
    }

    var list: [DocumentNode]? {
        guard case .list(let nodes) = self.value else { return nil }
        return nodes
    }

    var entries: [Entry]? {
        guard case .map(let entries) = self.value else { return nil }
        return entries
    }

    subscript(key: String) -> DocumentNode? {
        self.entries?.first { $0.key == key }?.value
    }
}

extension DocumentNode: Decodable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int?
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        guard decoder.codingPath.count <= DocumentLimits.depth else {
            throw DefinitionError(.limit, path: [], "is nested more than \(DocumentLimits.depth) deep")
        }
        if let container = try? decoder.container(keyedBy: Key.self) {
            var entries: [Entry] = []
            for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
                entries.append(Entry(key: key.stringValue, value: try container.decode(DocumentNode.self, forKey: key)))
            }
            self.init(.map(entries))
        } else if var container = try? decoder.unkeyedContainer() {
            var nodes: [DocumentNode] = []
            while !container.isAtEnd { nodes.append(try container.decode(DocumentNode.self)) }
            self.init(.list(nodes))
        } else {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self.init(.null)
            } else if let bool = try? container.decode(Bool.self) {
                self.init(.scalar(bool ? "true" : "false", isPlain: true))
            } else if let number = try? container.decode(Double.self) {
                self.init(.scalar(Int(exactly: number).map(String.init) ?? String(number), isPlain: true))
            } else {
                self.init(.scalar(try container.decode(String.self), isPlain: false))
            }
        }
    }
}
