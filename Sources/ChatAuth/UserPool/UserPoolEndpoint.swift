import ChatProtocol
import ChatStore
public import HTTPTypes
import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A user pool over Cognito's JSON 1.1 protocol: `POST /` with the operation in `X-Amz-Target`.
///
/// A function from request to response, tied to no HTTP framework. AWS's SDKs and pycognito use it with nothing but an endpoint URL.
public struct UserPoolEndpoint: Sendable {
    /// The longest request body, in bytes: 65,536. Longer ones are not to be read; answer them with 413.
    public static let maximumBodyBytes = 65_536

    private let pool: UserPool

    public init(pool: UserPool) {
        self.pool = pool
    }

    /// Carries out one operation.
    public func respond(to request: HTTPRequest, body: [UInt8]) async -> (response: HTTPResponse, body: [UInt8]) {
        do {
            return self.response(.ok, body: try await self.perform(request.headerFields[.amzTarget] ?? "", body: body))
        } catch let error as UserPoolError {
            return self.response(error)
        } catch {
            self.pool.logger.error("the user pool failed", metadata: ["chat.error": "\(error)"])
            return self.response(UserPoolError(.internalError, "Something went wrong."))
        }
    }

    private func perform(_ target: String, body: [UInt8]) async throws -> Data {
        guard body.count <= Self.maximumBodyBytes else { throw UserPoolError(.invalidParameter, "The request is too long.") }
        let parts = target.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, parts[0] == UserPoolMessages.service else { throw UserPoolError(.unknownOperation, "Unknown operation.") }
        switch parts[1] {
        case "SignUp": return try await self.encode(self.signUp(self.decode(body)))
        case "ConfirmSignUp": return try await self.encode(self.confirmSignUp(self.decode(body)))
        case "ResendConfirmationCode": return try await self.encode(self.resendConfirmationCode(self.decode(body)))
        case "InitiateAuth": return try await self.encode(self.initiateAuth(self.decode(body)))
        case "RespondToAuthChallenge": return try await self.encode(self.respondToAuthChallenge(self.decode(body)))
        case "GetUser": return try await self.encode(self.getUser(self.decode(body)))
        default: throw UserPoolError(.unknownOperation, "Unknown operation.")
        }
    }

    private func decode<Message: Decodable>(_ body: [UInt8]) throws(UserPoolError) -> Message {
        do {
            return try JSONDecoder().decode(Message.self, from: Data(body))
        } catch DecodingError.keyNotFound(let key, _) {
            throw UserPoolError(.invalidParameter, "Missing required parameter \(key.stringValue)")
        } catch {
            throw UserPoolError(.serialization, "The request cannot be read.")
        }
    }

    private func encode(_ message: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        return try encoder.encode(message)
    }

    private func response(_ status: HTTPResponse.Status, body: Data) -> (response: HTTPResponse, body: [UInt8]) {
        var fields = HTTPFields()
        fields[.contentType] = "application/x-amz-json-1.1"
        fields[.cacheControl] = "no-store"
        fields[.amzRequestId] = UUID().uuidString.lowercased()
        return (HTTPResponse(status: status, headerFields: fields), Array(body))
    }

    private func response(_ error: UserPoolError) -> (response: HTTPResponse, body: [UInt8]) {
        let body = try? self.encode(UserPoolMessages.ErrorResponse(__type: error.code.rawValue, message: error.message))
        var (response, bytes) = self.response(error.code == .internalError ? .internalServerError : .badRequest, body: body ?? Data())
        response.headerFields[.amzErrorType] = error.code.rawValue
        return (response, bytes)
    }
}

extension UserPoolEndpoint {
    private func signUp(_ request: UserPoolMessages.SignUpRequest) async throws -> UserPoolMessages.SignUpResponse {
        var attributes: [String: String] = [:]
        for attribute in request.UserAttributes ?? [] { attributes[attribute.Name] = attribute.Value ?? "" }
        let result = try await self.pool.signUp(
            clientId: request.ClientId, username: request.Username, password: request.Password, attributes: attributes)
        return UserPoolMessages.SignUpResponse(
            UserConfirmed: result.isConfirmed, UserSub: result.subject,
            CodeDeliveryDetails: result.destination.map { UserPoolMessages.CodeDeliveryDetails(Destination: $0) })
    }

    private func confirmSignUp(_ request: UserPoolMessages.ConfirmSignUpRequest) async throws -> UserPoolMessages.Empty {
        try await self.pool.confirmSignUp(clientId: request.ClientId, username: request.Username, code: request.ConfirmationCode)
        return UserPoolMessages.Empty()
    }

    private func resendConfirmationCode(
        _ request: UserPoolMessages.ResendConfirmationCodeRequest
    ) async throws -> UserPoolMessages.ResendConfirmationCodeResponse {
        let destination = try await self.pool.resendConfirmationCode(clientId: request.ClientId, username: request.Username)
        return UserPoolMessages.ResendConfirmationCodeResponse(
            CodeDeliveryDetails: destination.map { UserPoolMessages.CodeDeliveryDetails(Destination: $0) })
    }

    private func initiateAuth(_ request: UserPoolMessages.InitiateAuthRequest) async throws -> UserPoolMessages.AuthResponse {
        let parameters = request.AuthParameters ?? [:]
        switch request.AuthFlow {
        case "USER_SRP_AUTH":
            let username = try self.require(parameters, "USERNAME")
            let challenge = try await self.pool.startSignIn(
                clientId: request.ClientId, username: username, clientPublicValue: try self.require(parameters, "SRP_A"))
            return UserPoolMessages.AuthResponse(
                ChallengeName: "PASSWORD_VERIFIER",
                ChallengeParameters: [
                    "USERNAME": challenge.userId,
                    "USER_ID_FOR_SRP": challenge.userId,
                    "SALT": challenge.salt,
                    "SRP_B": challenge.serverPublicValue,
                    "SECRET_BLOCK": Data(challenge.secretBlock).base64EncodedString(),
                ])
        case "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN":
            let tokens = try await self.pool.refresh(
                clientId: request.ClientId, refreshToken: try self.require(parameters, "REFRESH_TOKEN"))
            return self.authResponse(tokens)
        case "USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH", "USER_AUTH":
            throw UserPoolError(.invalidParameter, "\(request.AuthFlow) flow not enabled for this client")
        default:
            throw UserPoolError(.invalidParameter, "Unknown AuthFlow")
        }
    }

    private func respondToAuthChallenge(
        _ request: UserPoolMessages.RespondToAuthChallengeRequest
    ) async throws -> UserPoolMessages.AuthResponse {
        guard request.ChallengeName == "PASSWORD_VERIFIER" else { throw UserPoolError(.invalidParameter, "Unknown ChallengeName") }
        let responses = request.ChallengeResponses ?? [:]
        let block = try self.require(responses, "PASSWORD_CLAIM_SECRET_BLOCK")
        let signature = try self.require(responses, "PASSWORD_CLAIM_SIGNATURE")
        guard let secretBlock = Data(base64Encoded: block), let signature = Data(base64Encoded: signature) else {
            throw UserPoolError(.invalidParameter, "The challenge response is not Base64.")
        }
        let tokens = try await self.pool.finishSignIn(
            clientId: request.ClientId, username: try self.require(responses, "USERNAME"), secretBlock: Array(secretBlock),
            timestamp: try self.require(responses, "TIMESTAMP"), signature: Array(signature))
        return self.authResponse(tokens)
    }

    private func getUser(_ request: UserPoolMessages.GetUserRequest) async throws -> UserPoolMessages.GetUserResponse {
        let user = try await self.pool.user(accessToken: request.AccessToken)
        var attributes = [UserPoolMessages.Attribute(Name: "sub", Value: user.subject)]
        for (name, value) in user.attributes.sorted(by: { $0.key < $1.key }) {
            attributes.append(UserPoolMessages.Attribute(Name: name, Value: value))
        }
        return UserPoolMessages.GetUserResponse(Username: user.username, UserAttributes: attributes)
    }

    private func authResponse(_ tokens: TokenSet) -> UserPoolMessages.AuthResponse {
        UserPoolMessages.AuthResponse(
            ChallengeParameters: [:],
            AuthenticationResult: UserPoolMessages.AuthenticationResult(
                AccessToken: tokens.accessToken, ExpiresIn: tokens.expiresIn.components.seconds, TokenType: "Bearer",
                RefreshToken: tokens.refreshToken, IdToken: tokens.idToken))
    }

    private func require(_ parameters: [String: String], _ name: String) throws(UserPoolError) -> String {
        guard let value = parameters[name], !value.isEmpty else {
            throw UserPoolError(.invalidParameter, "Missing required parameter \(name)")
        }
        return value
    }
}

extension HTTPField.Name {
    static let amzTarget = HTTPField.Name(parsed: "x-amz-target")!
    static let amzRequestId = HTTPField.Name(parsed: "x-amzn-requestid")!
    static let amzErrorType = HTTPField.Name(parsed: "x-amzn-errortype")!
}
