/// A CloudFormation template: its sections, and what its resources are called.
struct Template {
    struct Resource {
        var type: String
        var condition: String?
        /// Not yet evaluated.
        var properties: DocumentNode?
    }

    let options: TemplateOptions
    let parameters: [String: DocumentNode]
    let mappings: DocumentNode?
    let conditions: [String: DocumentNode]
    let resources: [String: Resource]

    init(_ text: String, options: TemplateOptions) throws(DefinitionError) {
        self.options = options
        // Sections that say nothing about the gateway, and properties of resources, are CloudFormation's to check.
        let root = try MappingReader(DocumentNode(parsing: text, intrinsics: true), path: [], keys: nil)
        self.parameters = try Self.section(root, "Parameters")
        self.conditions = try Self.section(root, "Conditions")
        self.mappings = root.node("Mappings")
        var resources: [String: Resource] = [:]
        guard let section = try root.mapping("Resources", keys: nil) else { throw root.error(.missing, "Resources", "is missing") }
        for (id, node, path) in section.all {
            // `Fn::ForEach::…` makes resources while CloudFormation reads the template.
            guard !id.hasPrefix("Fn::") else { throw DefinitionError(.unsupported, path: path, line: node.line, "is not read here") }
            let resource = try MappingReader(node, path: path, keys: nil)
            resources[id] = Resource(
                type: try resource.requiredString("Type"), condition: try resource.string("Condition"),
                properties: resource.node("Properties"))
        }
        self.resources = resources
        for name in options.parameters.keys.sorted() where self.parameters[name] == nil {
            throw DefinitionError(.reference, path: ["Parameters", name], "is given, and the template does not have it")
        }
    }

    private static func section(_ root: MappingReader, _ key: String) throws(DefinitionError) -> [String: DocumentNode] {
        var nodes: [String: DocumentNode] = [:]
        for (name, node, _) in try root.mapping(key, keys: nil)?.all ?? [] { nodes[name] = node }
        return nodes
    }
}
