import Foundation
import Testing

@testable import APIGatewayDefinition

@Suite struct TemplateTests {
    /// The example's own template: `Examples/Serverless/template.yaml`.
    static func example() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "Examples/Serverless/template.yaml"), encoding: .utf8)
    }

    @Test func theExamplesTemplateIsRead() throws {
        let api = try APIDefinition(template: Self.example(), options: TemplateOptions(baseDirectory: "/srv"))
        #expect(Set(api.routes.keys) == ["$connect", "$disconnect", "sendMessage", "$default"])
        #expect(api.routes["$connect"] == RouteDefinition(function: "ConnectHandler", requiresAuthorizer: true))
        #expect(api.routes["sendMessage"]?.function == "MessageHandler" && api.routes["$default"]?.function == "MessageHandler")
        #expect(api.authorizer?.function == "ConnectAuthorizer")
        #expect(Set(api.functions.keys) == ["ConnectHandler", "DisconnectHandler", "MessageHandler", "ConnectAuthorizer"])
        let message = try #require(api.functions["MessageHandler"])
        #expect(message.command == ["./bootstrap"] && message.workingDirectory == "/srv/.build/lambda/MessageHandler")
        #expect(message.environment["MESSAGES_TABLE"] == "local-MessagesTable" && message.environment["AWS_ENDPOINT_URL"] == nil)
        let resource = api.stageARN + "/POST/@connections/abc="
        for (name, function) in api.functions {
            let key = try #require(api.accessKeys.first { $0.accessKeyId == function.accessKeyId })
            let decision = key.policy.allows(action: "execute-api:ManageConnections", resource: resource)
            #expect(decision == (name == "MessageHandler" ? .allow : .implicitDeny), "\(name)")
        }
        #expect(Set(api.accessKeys.map(\.accessKeyId)).count == 4)
    }

    static func evaluate(_ expression: String, parameters: [String: String] = [:], references: [String: String] = [:]) throws
        -> DocumentNode?
    {
        let text = """
            Parameters: {Name: {Type: String, Default: n}, Size: {Type: Number, Default: 2, MinValue: 1, MaxValue: 3}, Must: {Type: String}, List: {Type: CommaDelimitedList, Default: "a, b"}}
            Mappings: {M: {us-east-1: {k: v}}}
            Conditions:
              Yes: !Equals [!Ref Name, n]
              No: !Not [!Condition Yes]
              Both: !And [!Condition Yes, !Condition No]
              Either: !Or [!Condition No, !Condition Yes]
              Loop: !Not [!Condition Loop]
            Resources:
              Table: {Type: AWS::DynamoDB::Table}
              Named: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Sub "${Name}-t"}}
              Gone: {Type: AWS::DynamoDB::Table, Condition: No}
              A: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref B}}
              B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref A}}
              Odd: {Type: AWS::Odd::Thing}
            """
        var options = TemplateOptions(baseDirectory: "/")
        options.parameters = parameters
        options.references = references
        var evaluator = TemplateEvaluator(try Template(text, options: options))
        let node = try #require(DocumentNode(parsing: "x: " + expression, intrinsics: true)["x"])
        return try evaluator.evaluate(node, path: ["x"])
    }

    @Test(arguments: [
        ("!Ref Name", "n"), ("!Ref AWS::Region", "us-east-1"), ("!Ref AWS::Partition", "aws"), ("!Ref AWS::URLSuffix", "amazonaws.com"),
        ("!Ref Table", "local-Table"), ("!Ref Named", "n-t"), ("!GetAtt Named.Arn", "arn:aws:dynamodb:us-east-1:000000000000:table/n-t"),
        ("{Fn::GetAtt: [Table, Arn]}", "arn:aws:dynamodb:us-east-1:000000000000:table/local-Table"),
        ("!Sub 'a${Name}b$c${!Name}'", "anb$c${Name}"),
        ("!Sub ['${X}-${Name}', {X: !Ref Size}]", "2-n"), ("!Sub '${Named.Arn}'", "arn:aws:dynamodb:us-east-1:000000000000:table/n-t"),
        ("!Join ['-', [a, !Ref Name, b]]", "a-n-b"), ("!Join ['+', !Ref List]", "a+b"), ("!If [Yes, a, b]", "a"), ("!If [No, a, b]", "b"),
        ("!If [Both, a, b]", "b"), ("!If [Either, a, b]", "a"), ("!Select [1, !Split ['/', x/y/z]]", "y"),
        ("!FindInMap [M, !Ref AWS::Region, k]", "v"),
    ])
    func intrinsics(expression: String, value: String) throws {
        #expect(try Self.evaluate(expression)?.text == value)
    }

    @Test(arguments: [
        ("!Ref Nobody", DefinitionError.Code.reference), ("!Ref Gone", .reference), ("!Ref Must", .missing), ("!Ref A", .cycle),
        ("!If [Loop, a, b]", .cycle),
        ("!If [None, a, b]", .reference), ("!GetAtt Odd.Colour", .unsupported), ("!GetAtt Table", .type), ("!Select [5, [a]]", .value),
        ("!FindInMap [M, x, y]", .reference), ("!Cidr [a, b]", .unsupported), ("!ImportValue other", .reference),
        ("!Sub '${Name'", .syntax),
        ("'{{resolve:ssm:x}}'", .unsupported), ("!Join [a]", .type),
    ])
    func whatCanNotBeEvaluatedIsAnError(expression: String, code: DefinitionError.Code) {
        let error = #expect(throws: DefinitionError.self) { try Self.evaluate(expression) }
        #expect(error?.code == code, "\(String(describing: error))")
    }

    @Test func theCallersWordCounts() throws {
        #expect(try Self.evaluate("!Ref Must", parameters: ["Must": "m"])?.text == "m")
        #expect(try Self.evaluate("!GetAtt Odd.Colour", references: ["Odd.Colour": "red"])?.text == "red")
        #expect(try Self.evaluate("!Ref AWS::NoValue") == nil)
        for parameters in [["Size": "9"], ["Size": "x"], ["Other": "1"]] {
            #expect(throws: DefinitionError.self) { try Self.evaluate("!Ref Size", parameters: parameters) }
        }
    }
}
