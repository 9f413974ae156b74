/// Why DynamoDB did not do what it was asked, or why that is not known.
public struct DynamoDBError: Error, Sendable, CustomStringConvertible {
    /// DynamoDB's own name of an error; the list is open.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The item is not as the condition wants it. Nothing was written.
        public static let conditionalCheckFailed = Self(rawValue: "ConditionalCheckFailedException")
        /// The transaction was cancelled as a whole; ``DynamoDBError/reasons`` say by which of its items.
        public static let transactionCanceled = Self(rawValue: "TransactionCanceledException")
        /// Another transaction holds the item. Nothing was written.
        public static let transactionConflict = Self(rawValue: "TransactionConflictException")
        /// The same transaction, by its token, is still under way.
        public static let transactionInProgress = Self(rawValue: "TransactionInProgressException")
        /// The token was used for another transaction.
        public static let idempotentParameterMismatch = Self(rawValue: "IdempotentParameterMismatchException")
        /// More than the table was given.
        public static let provisionedThroughputExceeded = Self(rawValue: "ProvisionedThroughputExceededException")
        /// More than the account may.
        public static let requestLimitExceeded = Self(rawValue: "RequestLimitExceeded")
        /// More than is served just now.
        public static let throttling = Self(rawValue: "ThrottlingException")
        /// There is no such table.
        public static let resourceNotFound = Self(rawValue: "ResourceNotFoundException")
        /// The table is there already, or is being made or deleted.
        public static let resourceInUse = Self(rawValue: "ResourceInUseException")
        /// The request breaks a rule: an item too large, a key too long, an expression that is none.
        public static let validation = Self(rawValue: "ValidationException")
        /// The credentials may not do this.
        public static let accessDenied = Self(rawValue: "AccessDeniedException")
        /// DynamoDB failed. Whether it wrote is not known.
        public static let internalServerError = Self(rawValue: "InternalServerError")
        /// No answer came, or none that could be read. Whether DynamoDB wrote is not known.
        public static let noAnswer = Self(rawValue: "NoAnswer")

        public var description: String { self.rawValue }
    }

    /// Why one item of a transaction stopped it.
    public struct CancellationReason: Sendable, Hashable {
        /// `None` for the items that did not, `ConditionalCheckFailed`, `TransactionConflict`, `ThrottlingError`, …
        public var code: String
        /// The item as it was, if its condition failed and it was asked for.
        public var item: AttributeMap?

        var isConditionFailed: Bool { self.code == "ConditionalCheckFailed" }
    }

    public var code: Code
    /// What DynamoDB said. It may name keys; it has no credentials.
    public var message: String
    /// The status of the answer, nil if there was none.
    public var status: Int?
    /// One for each item of the transaction, in their order, with ``Code/transactionCanceled``; else none.
    public var reasons: [CancellationReason] = []
    /// The item as it was, if its condition failed and it was asked for.
    public var item: AttributeMap?
    /// What kept the answer away.
    public var underlying: (any Error)?

    public init(_ code: Code, _ message: String, status: Int? = nil, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.status = status
        self.underlying = underlying
    }

    public var description: String { "\(self.code): \(self.message)" }

    /// Whether DynamoDB may have written nevertheless.
    var isAmbiguous: Bool {
        switch self.code {
        case .noAnswer, .internalServerError, .transactionInProgress: true
        default: (self.status ?? 500) >= 500
        }
    }

    /// Whether the same may succeed a little later. Nothing was written.
    var isTransient: Bool {
        switch self.code {
        case .transactionConflict, .provisionedThroughputExceeded, .requestLimitExceeded, .throttling: true
        case .transactionCanceled:
            !self.reasons.isEmpty
                && self.reasons.allSatisfy {
                    ["None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"].contains($0.code)
                }
        default: false
        }
    }
}
