import Foundation
import HTTPTypes
import Testing

@testable import ChatAuth

/// What stands on the wire, as AWS's SDKs read it.
struct UserPoolEndpointTests {
    private static func object(_ body: [UInt8]) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    }

    private static func expectError(
        _ code: String, status: HTTPResponse.Status = .badRequest, _ answer: (response: HTTPResponse, body: [UInt8]),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let object = try Self.object(answer.body)
        #expect(answer.response.status == status, sourceLocation: sourceLocation)
        #expect(Set(object.keys) == ["__type", "message"], sourceLocation: sourceLocation)
        #expect(object["__type"] as? String == code, sourceLocation: sourceLocation)
        #expect((object["message"] as? String)?.isEmpty == false, sourceLocation: sourceLocation)
        #expect(answer.response.headerFields[.amzErrorType] == code, sourceLocation: sourceLocation)
        #expect(answer.response.headerFields[.contentType] == "application/x-amz-json-1.1", sourceLocation: sourceLocation)
    }

    @Test func anAnswerHasCognitosHeaders() async throws {
        let fixture = try await PoolFixture()
        let (response, body) = await fixture.post(
            "SignUp",
            #"{"ClientId":"client-1","Username":"alice","Password":"Pässw0rd!1","UserAttributes":[{"Name":"email","Value":"a@b"}]}"#)
        #expect(response.status == .ok)
        #expect(response.headerFields[.contentType] == "application/x-amz-json-1.1")
        #expect(response.headerFields[.cacheControl] == "no-store")
        #expect(response.headerFields[.amzRequestId]?.isEmpty == false)
        #expect(response.headerFields[.amzErrorType] == nil)
        let object = try Self.object(body)
        #expect(Set(object.keys) == ["UserConfirmed", "UserSub", "CodeDeliveryDetails"])
        #expect(object["UserConfirmed"] as? Bool == false)
        #expect(
            object["CodeDeliveryDetails"] as? [String: String] == [
                "Destination": "a***@b***", "DeliveryMedium": "EMAIL",
                "AttributeName": "email",
            ])
    }

    @Test func aChallengeHasAllParameters() async throws {
        let fixture = try await PoolFixture()
        let (response, body) = await fixture.post(
            "InitiateAuth", #"{"AuthFlow":"USER_SRP_AUTH","ClientId":"client-1","AuthParameters":{"USERNAME":"Bob","SRP_A":"2"}}"#)
        #expect(response.status == .ok)
        let object = try Self.object(body)
        #expect(object["ChallengeName"] as? String == "PASSWORD_VERIFIER")
        let parameters = try #require(object["ChallengeParameters"] as? [String: String])
        #expect(Set(parameters.keys) == ["USERNAME", "USER_ID_FOR_SRP", "SALT", "SRP_B", "SECRET_BLOCK"])
        #expect(parameters["USERNAME"] == "bob" && parameters["USER_ID_FOR_SRP"] == "bob")
        #expect(Data(base64Encoded: parameters["SECRET_BLOCK"] ?? "") != nil)
    }

    @Test(arguments: [
        "AWSCognitoIdentityProviderService.DeleteEverything", "AWSCognitoIdentityProviderService.", "AWSCognitoIdentityProviderService",
        "SignUp",
        "Other.SignUp", "", ".", "AWSCognitoIdentityProviderService.signup", "AWSCognitoIdentityProviderService.SignUp.x",
    ])
    func anUnknownOperationIsSaidToBe(_ target: String) async throws {
        let fixture = try await PoolFixture()
        try Self.expectError("UnknownOperationException", await fixture.post(target: target, Array("{}".utf8)))
    }

    @Test func anOperationIsNeeded() async throws {
        let fixture = try await PoolFixture()
        try Self.expectError("UnknownOperationException", await fixture.post(target: nil, Array("{}".utf8)))
    }

    @Test(arguments: ["SignUp", "ConfirmSignUp", "ResendConfirmationCode", "InitiateAuth", "RespondToAuthChallenge", "GetUser"])
    func aBodyThatCannotBeReadIsSaidToBe(_ operation: String) async throws {
        let fixture = try await PoolFixture()
        for body in ["", "{", "[]", "null", "1", #"{"ClientId":1,"AccessToken":1}"#] {
            let answer = await fixture.post(operation, body)
            let type = try Self.object(answer.body)["__type"] as? String
            // A number in place of the first member that is read, or nothing in place of another.
            try Self.expectError(type == "InvalidParameterException" ? "InvalidParameterException" : "SerializationException", answer)
            if body.count < 5 { #expect(type == "SerializationException", "\(body)") }
        }
        try Self.expectError("InvalidParameterException", await fixture.post(operation, "{}"))
    }

    @Test func aMissingParameterIsNamed() async throws {
        let fixture = try await PoolFixture()
        let answer = await fixture.post("SignUp", #"{"ClientId":"client-1","Password":"x"}"#)
        try Self.expectError("InvalidParameterException", answer)
        #expect(try Self.object(answer.body)["message"] as? String == "Missing required parameter Username")
        let auth = await fixture.post(
            "InitiateAuth",
            #"{"AuthFlow":"USER_SRP_AUTH","ClientId":"client-1","AuthParameters":{"USERNAME":"a"}}"#)
        #expect(try Self.object(auth.body)["message"] as? String == "Missing required parameter SRP_A")
    }

    @Test func aBodyHasALength() async throws {
        let fixture = try await PoolFixture()
        let padding = String(repeating: " ", count: UserPoolEndpoint.maximumBodyBytes)
        let body = #"{"ClientId":"client-1","Username":"bob"}"#
        let longest = String((body + padding).prefix(UserPoolEndpoint.maximumBodyBytes))
        #expect(await fixture.post("ResendConfirmationCode", longest).response.status == .ok)
        try Self.expectError("InvalidParameterException", await fixture.post("ResendConfirmationCode", longest + " "))
    }

    @Test(arguments: ["USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH", "USER_AUTH", "OTHER", ""])
    func onlySRPAndRefreshSignIn(_ flow: String) async throws {
        let fixture = try await PoolFixture()
        try await fixture.addUser()
        let parameters = #"{"USERNAME":"alice","PASSWORD":"Pässw0rd! 1"}"#
        let answer = await fixture.post("InitiateAuth", #"{"AuthFlow":"\#(flow)","ClientId":"client-1","AuthParameters":\#(parameters)}"#)
        try Self.expectError("InvalidParameterException", answer)
    }

    @Test func aWrongProofIsNotAuthorized() async throws {
        let fixture = try await PoolFixture()
        let responses = #"{"USERNAME":"a","PASSWORD_CLAIM_SECRET_BLOCK":"AAAA","TIMESTAMP":"now","PASSWORD_CLAIM_SIGNATURE":"AAAA"}"#
        let body = #"{"ChallengeName":"NAME","ClientId":"client-1","ChallengeResponses":RESPONSES}"#
        func post(_ name: String, _ responses: String) async -> (response: HTTPResponse, body: [UInt8]) {
            await fixture.post(
                "RespondToAuthChallenge",
                body.replacing("NAME", with: name, maxReplacements: 1).replacing(
                    "RESPONSES",
                    with: responses))
        }
        try Self.expectError("NotAuthorizedException", await post("PASSWORD_VERIFIER", responses))
        try Self.expectError("InvalidParameterException", await post("SMS_MFA", responses))
        try Self.expectError("InvalidParameterException", await post("PASSWORD_VERIFIER", responses.replacing("AAAA", with: "!")))
        try Self.expectError("InvalidParameterException", await post("PASSWORD_VERIFIER", "{}"))
        try Self.expectError("InvalidParameterException", await post("PASSWORD_VERIFIER", "null"))
    }
}
