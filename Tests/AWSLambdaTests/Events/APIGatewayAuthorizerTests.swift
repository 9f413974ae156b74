import Foundation
import Testing

@testable import AWSLambda

struct APIGatewayAuthorizerTests {
    private func decode<Value: Decodable>(_ type: Value.Type, _ json: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(json.utf8))
    }

    @Test func requestRoundTrips() throws {
        let request = try self.decode(APIGatewayAuthorizerRequest.self, Events.authorizerRequest)
        #expect(request.methodArn.hasSuffix("/$connect"))
        #expect(request.header("ORIGIN") == "https://chat.example")
        #expect(request.stageVariables == [:])
        let original = try jsonObject(Events.authorizerRequest.utf8) as NSDictionary
        #expect(try jsonObject(request.json) as NSDictionary == original)
        #expect(try jsonObject(JSONEncoder().encode(request)) as NSDictionary == original)
    }

    @Test func allowAndDenyAreWhatAuthorizersReturn() throws {
        let arn = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/production/$connect"
        let allow = APIGatewayAuthorizerResponse.allow(
            principalId: "u", methodARN: arn, context: ["name": "alice", "level": 3, "admin": true])
        #expect(
            try jsonObject(JSONEncoder().encode(allow)) as NSDictionary == [
                "principalId": "u",
                "policyDocument": [
                    "Version": "2012-10-17", "Statement": [["Action": "execute-api:Invoke", "Effect": "Allow", "Resource": arn]],
                ],
                "context": ["name": "alice", "level": 3, "admin": true],
            ] as NSDictionary)
        let deny = APIGatewayAuthorizerResponse.deny(principalId: "u", methodARN: arn)
        #expect(deny.policyDocument.statements.map(\.effect) == [.deny])
        #expect(try self.decode(APIGatewayAuthorizerResponse.self, String(decoding: JSONEncoder().encode(allow), as: UTF8.self)) == allow)
    }

    @Test func actionsResourcesAndStatementsMayBeOneOrMany() throws {
        let one = try self.decode(
            IAMPolicyDocument.self, #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"a","Resource":"r"}}"#)
        let many = try self.decode(IAMPolicyDocument.self, #"{"Statement":[{"Effect":"Allow","Action":["a"],"Resource":["r"]}]}"#)
        #expect(one == many)
        let two = try self.decode(
            IAMPolicyDocument.self, #"{"Statement":[{"Sid":"s","Effect":"Deny","Action":["a","b"],"Resource":["r","t"]}]}"#)
        #expect(two.statements == [IAMPolicyStatement(sid: "s", effect: .deny, actions: ["a", "b"], resources: ["r", "t"])])
        #expect(try self.decode(IAMPolicyDocument.self, String(decoding: JSONEncoder().encode(two), as: UTF8.self)) == two)
    }

    @Test(arguments: [
        #"{}"#, #"{"Statement":null}"#, #"{"Statement":[{"Effect":"allow","Action":"a","Resource":"r"}]}"#,
        #"{"Statement":[{"Effect":"Allow","Resource":"r"}]}"#, #"{"Statement":[{"Effect":"Allow","Action":1,"Resource":"r"}]}"#,
        #"{"Statement":[{"Effect":"Allow","Action":"a","Resource":"r","Condition":{}}]}"#,
        #"{"Statement":[{"Effect":"Allow","NotAction":"a","Resource":"r"}]}"#,
        #"{"Statement":[{"Effect":"Allow","Action":"a","NotResource":"r"}]}"#,
    ]) func aPolicyThatIsRefused(json: String) {
        #expect(throws: DecodingError.self) { try self.decode(IAMPolicyDocument.self, json) }
    }

    @Test(arguments: [#"{"a":{"b":1}}"#, #"{"a":[1]}"#]) func aNestedContextIsRefused(context: String) {
        let json = #"{"principalId":"u","policyDocument":{"Statement":[]},"context":\#(context)}"#
        #expect(throws: DecodingError.self) { try self.decode(APIGatewayAuthorizerResponse.self, json) }
    }

    @Test func arns() throws {
        let text = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/production/$connect"
        let arn = try #require(ExecuteAPIARN(text))
        #expect(arn.description == text)
        #expect(arn.region == "eu-central-1" && arn.accountId == "123456789012" && arn.apiId == "a1b2c3d4e5")
        #expect(arn.stage == "production" && arn.resource == "$connect")
        #expect(arn.everyRoute.description == "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/production/*")
        #expect(arn.route("sendMessage").resource == "sendMessage")
        let manage = arn.connections(method: "POST", connectionId: "*")
        #expect(manage.description.hasSuffix(":a1b2c3d4e5/production/POST/@connections/*"))
        #expect(ExecuteAPIARN(manage.description) == manage)
        for none in [
            "", "arn:aws:lambda:r:a:api/s/x", "arn:aws:execute-api:r:a:api/s", "arn:aws:execute-api:r:a:api//x",
            "arn::execute-api:r:a:api/s/x",
        ] {
            #expect(ExecuteAPIARN(none) == nil)
        }
    }
}
