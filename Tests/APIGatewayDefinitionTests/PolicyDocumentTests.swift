import Foundation
import Testing

@testable import APIGatewayDefinition

@Suite struct PolicyDocumentTests {
    static let post = "arn:aws:execute-api:us-east-1:000000000000:api/dev/POST/@connections/abc="
    static let delete = "arn:aws:execute-api:us-east-1:000000000000:api/dev/DELETE/@connections/abc="

    private func decide(_ document: String, _ action: String = "execute-api:ManageConnections", _ resource: String = post) throws
        -> PolicyDocument.Decision
    {
        try PolicyDocument(document).allows(action: action, resource: resource)
    }

    @Test func nothingIsAllowedWithoutAStatement() throws {
        #expect(try self.decide("{Version: 2012-10-17, Statement: []}") == .implicitDeny)
        #expect(PolicyDocument.none.allows(action: "a:b", resource: "arn:x") == .implicitDeny)
    }

    @Test func denyWinsWhereverItStands() throws {
        let allow = "{Effect: Allow, Action: '*', Resource: '*'}"
        let deny = "{Effect: Deny, Action: 'execute-api:*', Resource: 'arn:aws:execute-api:*:*:*/DELETE/*'}"
        for statements in [[allow, deny], [deny, allow]] {
            let document = "{Statement: [\(statements.joined(separator: ", "))]}"
            #expect(try self.decide(document) == .allow)
            #expect(try self.decide(document, "execute-api:ManageConnections", Self.delete) == .explicitDeny)
        }
    }

    @Test(arguments: [
        "execute-api:ManageConnections", "EXECUTE-API:manageconnections", "execute-api:Manage*", "*", "execute-api:Manag?Connections",
    ])
    func actionsDisregardCase(pattern: String) throws {
        let document = "{Statement: {Effect: Allow, Action: '\(pattern)', Resource: '*'}}"
        #expect(try self.decide(document) == .allow)
        #expect(try self.decide(document, "Execute-Api:MANAGECONNECTIONS") == .allow)
    }

    @Test func resourcesRegardCase() throws {
        let document = "{Statement: {Effect: Allow, Action: '*', Resource: '\(Self.post)'}}"
        #expect(try self.decide(document) == .allow)
        #expect(try self.decide(document, "execute-api:ManageConnections", Self.post.uppercased()) == .implicitDeny)
    }

    @Test func notActionAndNotResource() throws {
        let document = "{Statement: {Effect: Allow, NotAction: ['iam:*'], NotResource: ['\(Self.delete)']}}"
        #expect(try self.decide(document) == .allow)
        #expect(try self.decide(document, "iam:CreateUser") == .implicitDeny)
        #expect(try self.decide(document, "execute-api:ManageConnections", Self.delete) == .implicitDeny)
    }

    @Test(arguments: [
        ("[]", DefinitionError.Code.type), ("{}", .missing), ("{Statement: x}", .type), ("{Statement: [], Extra: 1}", .unknownKey),
        ("{Version: 2020-01-01, Statement: []}", .value), ("{Statement: {Effect: Maybe, Action: '*', Resource: '*'}}", .value),
        ("{Statement: {Effect: allow, Action: '*', Resource: '*'}}", .value), ("{Statement: {Action: '*', Resource: '*'}}", .missing),
        ("{Statement: {Effect: Allow, Resource: '*'}}", .missing), ("{Statement: {Effect: Allow, Action: '*'}}", .missing),
        ("{Statement: {Effect: Allow, Action: '*', NotAction: 'a:b', Resource: '*'}}", .policy),
        ("{Statement: {Effect: Allow, Action: '*', Resource: '*', NotResource: '*'}}", .policy),
        ("{Statement: {Effect: Allow, Action: [], Resource: '*'}}", .value),
        ("{Statement: {Effect: Allow, Action: invoke, Resource: '*'}}", .value),
        ("{Statement: {Effect: Allow, Action: '*', Resource: nothing}}", .value),
        ("{Statement: {Effect: Allow, Action: '*', Resource: 'arn:aws:s3:::${aws:username}'}}", .policy),
        ("{Statement: {Effect: Allow, Action: '*', Resource: '*', Condition: {Bool: {'aws:SecureTransport': true}}}}", .policy),
        ("{Statement: {Effect: Allow, Action: '*', Resource: '*', Principal: '*'}}", .policy),
        ("{Statement: {Effect: Allow, Action: '*', Resource: '*', Actions: '*'}}", .unknownKey),
    ])
    func whatCanNotBeDecidedIsRefused(document: String, code: DefinitionError.Code) {
        let error = #expect(throws: DefinitionError.self) { try PolicyDocument(document) }
        #expect(error?.code == code, "\(String(describing: error))")
    }

    @Test func anErrorNamesTheStatement() {
        let document = "{Statement: [{Effect: Allow, Action: '*', Resource: '*'}, {Effect: Allow, Action: '*', Resource: ['*', {}]}]}"
        let error = #expect(throws: DefinitionError.self) { try PolicyDocument(document) }
        #expect(error?.path == ["Statement", "1", "Resource", "1"])
    }

    @Test func anAuthorizersJSONIsDecoded() throws {
        let json =
            #"{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"Deny","Resource":["arn:aws:execute-api:*"]}]}"#
        let document = try JSONDecoder().decode(PolicyDocument.self, from: Data(json.utf8))
        #expect(document.statements == [PolicyStatement(.deny, actions: ["execute-api:Invoke"], resources: ["arn:aws:execute-api:*"])])
        #expect(throws: DefinitionError.self) {
            try JSONDecoder().decode(
                PolicyDocument.self, from: Data(#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{}}]}"#.utf8))
        }
        let nested = #"{"Statement":"# + String(repeating: "[", count: 200) + String(repeating: "]", count: 200) + "}"
        #expect(throws: DefinitionError.self) { try JSONDecoder().decode(PolicyDocument.self, from: Data(nested.utf8)) }
    }
}
