extension QuotaDefinition {
    static var keys: Set<String> { Set(Self.counts.map(\.key) + Self.times.map(\.key)) }

    /// Changes the quotas that are named, as a configuration file names them under `quotas`; the others stay as they are.
    mutating func apply(_ quotas: MappingReader) throws(DefinitionError) {
        for (key, path, range) in Self.counts where quotas.node(key) != nil {
            self[keyPath: path] = quotas.node(key)?.text == "off" ? nil : try quotas.integer(key, in: range)
        }
        for (key, path, range) in Self.times where quotas.node(key) != nil {
            self[keyPath: path] = quotas.node(key)?.text == "off" ? nil : try quotas.duration(key, in: range)
        }
    }

    /// The same, for texts by name.
    mutating func apply(_ texts: [String: String]) throws(DefinitionError) {
        let entries = texts.sorted { $0.key < $1.key }.map { DocumentNode.Entry(key: $0.key, value: DocumentNode(text: $0.value)) }
        try self.apply(MappingReader(DocumentNode(.map(entries)), path: ["quotas"], keys: Self.keys))
    }
}
