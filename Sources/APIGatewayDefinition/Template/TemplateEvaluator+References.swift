extension TemplateEvaluator {
    /// `Ref`: a pseudo parameter, a parameter, or a resource's name.
    mutating func reference(_ argument: DocumentNode, path: [String]) throws(DefinitionError) -> DocumentNode? {
        guard let name = argument.text else { throw DefinitionError(.type, path: path, line: argument.line, "must be a name") }
        let options = self.template.options
        switch name {
        case "AWS::NoValue": return nil
        case "AWS::Region": return DocumentNode(text: options.region, line: argument.line)
        case "AWS::AccountId": return DocumentNode(text: options.accountId, line: argument.line)
        case "AWS::StackName": return DocumentNode(text: options.stackName, line: argument.line)
        case "AWS::Partition": return DocumentNode(text: AWSPartition.name(of: options.region), line: argument.line)
        case "AWS::URLSuffix": return DocumentNode(text: AWSPartition.urlSuffix(of: options.region), line: argument.line)
        case "AWS::StackId":
            let partition = AWSPartition.name(of: options.region)
            return DocumentNode(
                text: "arn:\(partition):cloudformation:\(options.region):\(options.accountId):stack/\(options.stackName)/local",
                line: argument.line)
        case "AWS::NotificationARNs": return DocumentNode(.list([]), line: argument.line)
        default: break
        }
        if let parameter = self.template.parameters[name] {
            return try self.parameter(name, parameter, path: path, line: argument.line)
        }
        if let value = options.references[name] { return try self.made(value, argument, path: path) }
        return try self.made(self.physicalName(name, path: path, line: argument.line), argument, path: path)
    }

    /// `Fn::GetAtt`: `Name.Attribute`, or a list of both.
    mutating func attribute(_ argument: DocumentNode, path: [String]) throws(DefinitionError) -> DocumentNode {
        var name = argument.text ?? ""
        if argument.text == nil {
            let parts = try self.arguments(argument, count: 2...2, path: path)
            guard let id = parts[0].text else { throw DefinitionError(.type, path: path, line: argument.line, "must be a name") }
            name = id + "." + (try self.text(parts[1], path: path + ["1"]))
        }
        guard let dot = name.firstIndex(of: ".") else {
            throw DefinitionError(.type, path: path, line: argument.line, "must be NAME.ATTRIBUTE")
        }
        if let value = self.template.options.references[name] { return try self.made(value, argument, path: path) }
        let id = String(name[..<dot])
        let attribute = String(name[name.index(after: dot)...])
        let physical = try self.physicalName(id, path: path, line: argument.line)
        guard let type = self.template.resources[id]?.type,
            let value = self.attribute(attribute, of: physical, type: type)
        else {
            throw DefinitionError(
                .unsupported, path: path, line: argument.line, "what \(name.prefix(200)) is, is not known here: say so with a reference")
        }
        return try self.made(value, argument, path: path)
    }

    /// What `Ref` of a resource yields: its name if the template gives it one, or one made as CloudFormation would, without the random part.
    private mutating func physicalName(_ id: String, path: [String], line: Int?) throws(DefinitionError) -> String {
        guard let resource = self.template.resources[id], try self.exists(id) else {
            throw DefinitionError(.reference, path: path, line: line, "names nothing in the template: \(id.prefix(100))")
        }
        let options = self.template.options
        switch resource.type {
        case "AWS::ApiGatewayV2::Api": return options.apiId
        case "AWS::ApiGatewayV2::Stage": return try self.property("StageName", of: id, path: path) ?? id
        case let type where type.hasPrefix("AWS::ApiGatewayV2::"): return id
        case "AWS::Lambda::Function": return try self.property("FunctionName", of: id, path: path) ?? id
        case "AWS::Lambda::Version": return try self.functionARN(of: id, path: path) + ":1"
        case "AWS::Lambda::Alias": return try self.functionARN(of: id, path: path) + ":" + (self.property("Name", of: id, path: path) ?? id)
        case "AWS::Cognito::UserPool": return "\(options.region)_\(id)"
        case "AWS::Cognito::UserPoolClient": return id
        default:
            if let value = options.references[id] { return value }
            let key = Self.nameProperties[resource.type]
            return try key.flatMap { (key) throws(DefinitionError) in try self.property(key, of: id, path: path) }
                ?? "\(options.stackName)-\(id)"
        }
    }

    private mutating func functionARN(of id: String, path: [String]) throws(DefinitionError) -> String {
        guard let name = try self.property("FunctionName", of: id, path: path) else {
            throw DefinitionError(.missing, path: ["Resources", id, "Properties", "FunctionName"], "is missing")
        }
        return name.hasPrefix("arn:") ? name : self.arn("lambda", "function:" + name)
    }

    /// A property of a resource, evaluated to a text.
    private mutating func property(_ key: String, of id: String, path: [String]) throws(DefinitionError) -> String? {
        guard let node = self.template.resources[id]?.properties?[key] else { return nil }
        let place = ["Resources", id, "Properties", key]
        return try self.within(place.joined(separator: "."), path: path) { (evaluator) throws(DefinitionError) in
            guard let value = try evaluator.evaluate(node, path: place) else { return nil }
            guard let text = value.text else { throw DefinitionError(.type, path: place, line: node.line, "must be a text") }
            return text
        }
    }

    /// The property that names a resource, where a template may name it.
    private static let nameProperties = [
        "AWS::DynamoDB::Table": "TableName", "AWS::DynamoDB::GlobalTable": "TableName", "AWS::IAM::Role": "RoleName",
        "AWS::S3::Bucket": "BucketName", "AWS::Logs::LogGroup": "LogGroupName", "AWS::SQS::Queue": "QueueName",
        "AWS::SNS::Topic": "TopicName",
        "AWS::SSM::Parameter": "Name", "AWS::SecretsManager::Secret": "Name",
    ]
}
