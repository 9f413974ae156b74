import ChatProtocol
import ChatStore
import Crypto
import Logging
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension UserPool {
    /// Makes a user. Unless the pool confirms by itself, a code goes out that ``confirmSignUp(clientId:username:code:)`` wants back.
    ///
    /// - Throws: ``UserPoolError`` with `usernameExists`, `invalidPassword`, `invalidParameter`, `codeDeliveryFailure` or
    ///   `resourceNotFound`.
    public func signUp(
        clientId: String, username: String, password: String, attributes: [String: String] = [:]
    ) async throws -> SignUpResult {
        try self.requireClient(clientId)
        let name = try self.canonical(username)
        try self.configuration.passwordPolicy.check(password)
        try Self.check(attributes)

        let credentials = SRPVerifier.make(poolName: self.configuration.poolName, userId: name, password: password)
        let code = self.configuration.autoConfirm ? nil : Self.randomCode()
        let now = self.now()
        let user = UserRecord(
            pool: self.configuration.poolId, username: name, subject: UUID().uuidString.lowercased(), attributes: attributes,
            status: code == nil ? .confirmed : .unconfirmed, salt: credentials.salt, verifier: credentials.verifier,
            confirmationCode: code.map { self.confirmationCode($0, username: name, now: now) }, createdAt: now)
        do {
            try await self.users.insert(user)
        } catch let error as StoreError where error.code == .alreadyExists {
            throw UserPoolError(.usernameExists, "User already exists")
        }
        if let code { try await self.deliver(code, to: user) }
        return SignUpResult(subject: user.subject, isConfirmed: code == nil, destination: code == nil ? nil : Self.destination(of: user))
    }

    /// Proves that a user got the code.
    ///
    /// - Throws: ``UserPoolError`` with `codeMismatch`, `expiredCode`, `tooManyFailedAttempts`, `notAuthorized` (confirmed already),
    ///   `resourceNotFound`.
    public func confirmSignUp(clientId: String, username: String, code: String) async throws {
        try self.requireClient(clientId)
        let name = try self.canonical(username)
        try await self.changing(name) { user in
            // A name that nobody has answers as a code that has run out does, so that names cannot be probed.
            guard var user else { throw UserPoolError(.expiredCode, "Invalid code provided, please request a code again.") }
            guard user.status == .unconfirmed else {
                throw UserPoolError(.notAuthorized, "User cannot be confirmed. Current status is \(user.status.rawValue)")
            }
            guard var expected = user.confirmationCode, expected.expiresAt > self.now() else {
                throw UserPoolError(.expiredCode, "Invalid code provided, please request a code again.")
            }
            guard expected.failedAttempts < self.configuration.maximumCodeAttempts else {
                throw UserPoolError(.tooManyFailedAttempts, "Too many failed attempts, please request a code again.")
            }
            if Self.equal(Self.codeDigest(code, username: name), expected.digest) {
                user.status = .confirmed
                user.confirmationCode = nil
                if user.attributes["email"] != nil { user.attributes["email_verified"] = "true" }
                return (user, nil)
            }
            expected.failedAttempts += 1
            user.confirmationCode = expected
            return (user, UserPoolError(.codeMismatch, "Invalid verification code provided, please try again."))
        }
    }

    /// Sends another code in place of one that was lost.
    ///
    /// - Returns: where the code went, masked. A name that nobody has gets such an answer too.
    /// - Throws: ``UserPoolError`` with `invalidParameter` (confirmed already), `limitExceeded` (5 an hour), `codeDeliveryFailure`,
    ///   `resourceNotFound`.
    public func resendConfirmationCode(clientId: String, username: String) async throws -> String? {
        try self.requireClient(clientId)
        let name = try self.canonical(username)
        guard self.codes.withLock({ $0.admit(name, now: self.now()) }) else {
            throw UserPoolError(.limitExceeded, "Attempt limit exceeded, please try after some time.")
        }
        guard let user = try await self.users.user(pool: self.configuration.poolId, username: name) else {
            return self.destinationOfAbsentUser(name)
        }
        guard user.status == .unconfirmed else { throw UserPoolError(.invalidParameter, "User is already confirmed.") }
        let code = Self.randomCode()
        try await self.changing(name) { user in
            guard var user else { throw UserPoolError.wrongCredentials }
            user.confirmationCode = self.confirmationCode(code, username: name, now: self.now())
            return (user, nil)
        }
        try await self.deliver(code, to: user)
        return Self.destination(of: user)
    }

    /// Reads, changes and keeps a user, anew if somebody else was faster. An error that is returned is thrown once the change is kept.
    private func changing(_ name: String, _ body: (UserRecord?) throws -> (UserRecord, UserPoolError?)) async throws {
        for _ in 0..<8 {
            let (changed, error) = try body(try await self.users.user(pool: self.configuration.poolId, username: name))
            var user = changed
            user.modifiedAt = self.now()
            do {
                try await self.users.update(user)
            } catch let error as StoreError where error.code == .conflict {
                continue
            }
            if let error { throw error }
            return
        }
        throw UserPoolError(.tooManyRequests, "The user is being changed by too many at once.")
    }

    private func deliver(_ code: String, to user: UserRecord) async throws {
        do {
            try await self.delivery.deliver(code: code, username: user.username, attributes: user.attributes)
        } catch {
            self.logger.error("a confirmation code was not delivered", metadata: ["chat.error": "\(error)"])
            throw UserPoolError(.codeDeliveryFailure, "The code could not be delivered. Ask for another one later.")
        }
    }

    private func confirmationCode(_ code: String, username: String, now: Timestamp) -> UserRecord.ConfirmationCode {
        UserRecord.ConfirmationCode(
            digest: Self.codeDigest(code, username: username), expiresAt: now + self.configuration.codeLifetime)
    }

    private static func codeDigest(_ code: String, username: String) -> [UInt8] {
        Array(SHA256.hash(data: Array("\(username):\(code)".utf8)))
    }

    private static func randomCode() -> String {
        var generator = SystemRandomNumberGenerator()
        let digits = String(Int.random(in: 0..<1_000_000, using: &generator))
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// In a time that depends on the lengths alone.
    static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }

    /// Where a code goes, told without giving the address away: `a***@e***`.
    private static func destination(of user: UserRecord) -> String? {
        guard let email = user.attributes["email"] else { return nil }
        return email.split(separator: "@").map { "\($0.prefix(1))***" }.joined(separator: "@")
    }

    /// Where a code would go for a name that nobody has: the same each time, and like that of a user with an address.
    private func destinationOfAbsentUser(_ name: String) -> String {
        let digest = Array(HMAC<SHA256>.authenticationCode(for: Array("destination:\(name)".utf8), using: self.absentUserKey))
        let letters = digest.prefix(2).map { String(UnicodeScalar(UInt8(ascii: "a") + $0 % 26)) }
        return "\(letters[0])***@\(letters[1])***"
    }

    private static func check(_ attributes: [String: String]) throws(UserPoolError) {
        for (name, value) in attributes {
            guard (1...32).contains(name.utf8.count), name != "sub", value.utf8.count <= 2048 else {
                throw UserPoolError(.invalidParameter, "An attribute has no valid name or is too long.")
            }
            // Only the pool can say that an address is somebody's; a token repeats it to every application.
            guard name != "email_verified", name != "phone_number_verified" else {
                throw UserPoolError(.notAuthorized, "A client attempted to write unauthorized attribute")
            }
        }
        if let email = attributes["email"], !email.contains("@") {
            throw UserPoolError(.invalidParameter, "Invalid email address format.")
        }
    }
}

/// What signing up led to.
public struct SignUpResult: Sendable, Hashable {
    /// The stable id of the user (`sub`).
    public var subject: String
    public var isConfirmed: Bool
    /// Where the code went, masked; nil if none did.
    public var destination: String?
}
