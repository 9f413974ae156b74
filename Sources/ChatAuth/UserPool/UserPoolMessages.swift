/// The JSON of Cognito's operations, both ways (API reference of `AWSCognitoIdentityProviderService`).
enum UserPoolMessages {
    /// The prefix of `X-Amz-Target`.
    static let service = "AWSCognitoIdentityProviderService"

    struct Attribute: Codable, Sendable {
        var Name: String
        var Value: String?
    }

    struct SignUpRequest: Codable, Sendable {
        var ClientId: String
        var Username: String
        var Password: String
        var UserAttributes: [Attribute]?
    }

    struct CodeDeliveryDetails: Codable, Sendable {
        var Destination: String
        var DeliveryMedium = "EMAIL"
        var AttributeName = "email"
    }

    struct SignUpResponse: Codable, Sendable {
        var UserConfirmed: Bool
        var UserSub: String
        var CodeDeliveryDetails: CodeDeliveryDetails?
    }

    struct ConfirmSignUpRequest: Codable, Sendable {
        var ClientId: String
        var Username: String
        var ConfirmationCode: String
    }

    struct ResendConfirmationCodeRequest: Codable, Sendable {
        var ClientId: String
        var Username: String
    }

    struct ResendConfirmationCodeResponse: Codable, Sendable {
        var CodeDeliveryDetails: CodeDeliveryDetails?
    }

    struct InitiateAuthRequest: Codable, Sendable {
        var AuthFlow: String
        var ClientId: String
        var AuthParameters: [String: String]?
    }

    struct RespondToAuthChallengeRequest: Codable, Sendable {
        var ChallengeName: String
        var ClientId: String
        var ChallengeResponses: [String: String]?
    }

    struct AuthenticationResult: Codable, Sendable {
        var AccessToken: String
        var ExpiresIn: Int64
        var TokenType: String
        var RefreshToken: String?
        var IdToken: String
    }

    struct AuthResponse: Codable, Sendable {
        var ChallengeName: String?
        var ChallengeParameters: [String: String]
        var AuthenticationResult: AuthenticationResult?
    }

    struct GetUserRequest: Codable, Sendable {
        var AccessToken: String
    }

    struct GetUserResponse: Codable, Sendable {
        var Username: String
        var UserAttributes: [Attribute]
    }

    struct ErrorResponse: Codable, Sendable {
        var __type: String
        var message: String?
    }

    struct Empty: Codable, Sendable {}
}
