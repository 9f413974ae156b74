/// How a user pool behaves.
public struct UserPoolConfiguration: Sendable {
    /// `REGION_NAME`, as Cognito's ids are. What follows the underscore goes into every SRP proof, so it cannot change later.
    public var poolId: String
    /// The applications that may use the pool. They have no secret: a browser cannot keep one.
    public var clientIds: Set<String>
    /// `iss` of the tokens. Default: what Cognito's would be for this pool id, `https://cognito-idp.REGION.amazonaws.com/POOL`.
    public var issuer: String
    /// Users need no code to be confirmed. For development. Default false.
    public var autoConfirm = false
    public var passwordPolicy = PasswordPolicy()
    /// How long ID and access tokens hold. Default 60 minutes, as Cognito's.
    public var tokenLifetime: Duration = .seconds(3600)
    /// How long one can stay signed in without a password. Default 30 days, as Cognito's.
    public var refreshTokenLifetime: Duration = .seconds(30 * 86_400)
    /// How long a confirmation code holds. Default 24 hours.
    public var codeLifetime: Duration = .seconds(86_400)
    /// Wrong codes before a new one is needed. Default 5. Stops guessing.
    public var maximumCodeAttempts = 5
    /// How long a sign-in may take from the challenge to the proof. Default 3 minutes.
    public var challengeLifetime: Duration = .seconds(180)

    public init(poolId: String, clientIds: Set<String>) {
        self.poolId = poolId
        self.clientIds = clientIds
        let region = poolId.prefix { $0 != "_" }
        self.issuer = "https://cognito-idp.\(region).amazonaws.com/\(poolId)"
    }

    /// What follows the underscore.
    var poolName: String {
        self.poolId.firstIndex(of: "_").map { String(self.poolId[self.poolId.index(after: $0)...]) } ?? self.poolId
    }
}

/// What a password must have.
public struct PasswordPolicy: Sendable, Hashable {
    /// Characters. Default 8.
    public var minimumLength = 8
    public var requiresUppercase = true
    public var requiresLowercase = true
    public var requiresNumber = true
    public var requiresSymbol = true

    public init() {}

    /// - Throws: ``UserPoolError`` with `invalidPassword` and what is missing.
    func check(_ password: String) throws(UserPoolError) {
        func require(_ condition: Bool, _ problem: String) throws(UserPoolError) {
            guard condition else { throw UserPoolError(.invalidPassword, "Password did not conform with policy: \(problem)") }
        }
        try require(password.utf8.count <= 256, "Password too long")
        try require(password.count >= self.minimumLength, "Password not long enough")
        try require(!self.requiresUppercase || password.contains(where: \.isUppercase), "Password must have uppercase characters")
        try require(!self.requiresLowercase || password.contains(where: \.isLowercase), "Password must have lowercase characters")
        try require(!self.requiresNumber || password.contains(where: \.isNumber), "Password must have numeric characters")
        try require(
            !self.requiresSymbol || password.contains { !$0.isLetter && !$0.isNumber && !$0.isWhitespace },
            "Password must have symbol characters")
    }
}
