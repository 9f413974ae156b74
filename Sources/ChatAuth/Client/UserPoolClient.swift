import ChatProtocol
import ChatStore
import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The other end of a user pool: signs up, confirms, signs in by SRP and refreshes, with Cognito itself or with ``UserPoolEndpoint``.
public struct UserPoolClient: Sendable {
    private let endpoint: String
    private let poolName: String
    private let clientId: String
    private let exchange: any HTTPExchange

    /// - Parameters:
    ///   - endpoint: `https://cognito-idp.REGION.amazonaws.com`, or where one's own pool is served.
    ///   - poolId: `REGION_NAME`.
    ///   - clientId: an application of the pool without a secret.
    ///   - exchange: who sends the requests. Default: ``AsyncHTTPExchange``.
    public init(endpoint: String, poolId: String, clientId: String, exchange: any HTTPExchange = AsyncHTTPExchange()) {
        self.endpoint = endpoint
        self.poolName = poolId.firstIndex(of: "_").map { String(poolId[poolId.index(after: $0)...]) } ?? poolId
        self.clientId = clientId
        self.exchange = exchange
    }

    /// Makes a user.
    ///
    /// - Returns: whether the user is confirmed already, or must first repeat the code that was sent.
    /// - Throws: ``UserPoolError``, or what the exchange threw.
    public func signUp(username: String, password: String, attributes: [String: String] = [:]) async throws -> Bool {
        let response: UserPoolMessages.SignUpResponse = try await self.call(
            "SignUp",
            UserPoolMessages.SignUpRequest(
                ClientId: self.clientId, Username: username, Password: password,
                UserAttributes: attributes.sorted { $0.key < $1.key }.map { .init(Name: $0.key, Value: $0.value) }))
        return response.UserConfirmed
    }

    /// Repeats the code that a new user was sent.
    public func confirmSignUp(username: String, code: String) async throws {
        let _: UserPoolMessages.Empty = try await self.call(
            "ConfirmSignUp",
            UserPoolMessages.ConfirmSignUpRequest(ClientId: self.clientId, Username: username, ConfirmationCode: code))
    }

    /// Asks for another code.
    public func resendConfirmationCode(username: String) async throws {
        let _: UserPoolMessages.ResendConfirmationCodeResponse = try await self.call(
            "ResendConfirmationCode", UserPoolMessages.ResendConfirmationCodeRequest(ClientId: self.clientId, Username: username))
    }

    /// Signs in by SRP: the password does not leave this process.
    public func signIn(username: String, password: String) async throws -> TokenSet {
        let srp = SRPClient()
        let started: UserPoolMessages.AuthResponse = try await self.call(
            "InitiateAuth",
            UserPoolMessages.InitiateAuthRequest(
                AuthFlow: "USER_SRP_AUTH", ClientId: self.clientId,
                AuthParameters: ["USERNAME": username, "SRP_A": srp.publicValue]))
        let challenge = started.ChallengeParameters
        guard started.ChallengeName == "PASSWORD_VERIFIER", let userId = challenge["USER_ID_FOR_SRP"], let salt = challenge["SALT"],
            let serverPublicValue = challenge["SRP_B"], let block = challenge["SECRET_BLOCK"], let secretBlock = Data(base64Encoded: block)
        else { throw UserPoolError(.internalError, "The pool asks for something that this client does not know.") }
        let timestamp = ClaimTimestamp.format(.now())
        let signature = try srp.claimSignature(
            poolName: self.poolName, userId: userId, password: password, salt: salt, serverPublicValue: serverPublicValue,
            secretBlock: Array(secretBlock), timestamp: timestamp)
        let finished: UserPoolMessages.AuthResponse = try await self.call(
            "RespondToAuthChallenge",
            UserPoolMessages.RespondToAuthChallengeRequest(
                ChallengeName: "PASSWORD_VERIFIER", ClientId: self.clientId,
                ChallengeResponses: [
                    "USERNAME": challenge["USERNAME"] ?? userId,
                    "PASSWORD_CLAIM_SECRET_BLOCK": block,
                    "TIMESTAMP": timestamp,
                    "PASSWORD_CLAIM_SIGNATURE": Data(signature).base64EncodedString(),
                ]))
        return try self.tokens(finished)
    }

    /// Fresh tokens for a refresh token.
    public func refresh(_ refreshToken: String) async throws -> TokenSet {
        let response: UserPoolMessages.AuthResponse = try await self.call(
            "InitiateAuth",
            UserPoolMessages.InitiateAuthRequest(
                AuthFlow: "REFRESH_TOKEN_AUTH", ClientId: self.clientId, AuthParameters: ["REFRESH_TOKEN": refreshToken]))
        return try self.tokens(response)
    }

    private func tokens(_ response: UserPoolMessages.AuthResponse) throws(UserPoolError) -> TokenSet {
        guard let result = response.AuthenticationResult else {
            throw UserPoolError(.internalError, "The pool asks for something that this client does not know.")
        }
        return TokenSet(
            idToken: result.IdToken, accessToken: result.AccessToken, refreshToken: result.RefreshToken,
            expiresIn: .seconds(result.ExpiresIn))
    }

    private func call<Output: Decodable>(_ operation: String, _ input: some Encodable) async throws -> Output {
        var request = HTTPExchangeRequest(method: .post, url: self.endpoint, body: Array(try JSONEncoder().encode(input)))
        request.headers[.contentType] = "application/x-amz-json-1.1"
        request.headers[.amzTarget] = "\(UserPoolMessages.service).\(operation)"
        let answer = try await self.exchange.send(request)
        let body = Data(answer.body)
        if answer.status == .ok { return try JSONDecoder().decode(Output.self, from: body) }
        guard let error = try? JSONDecoder().decode(UserPoolMessages.ErrorResponse.self, from: body) else {
            throw UserPoolError(.internalError, "The pool answered with status \(answer.status.code).")
        }
        let code = error.__type.split(separator: "#").last.map(String.init) ?? error.__type
        throw UserPoolError(UserPoolError.Code(rawValue: code), error.message ?? "")
    }
}
