/// One rule that every backend of a store has to keep, as something that can be run.
///
/// It is tied to no testing library. With Swift Testing:
///
///     @Test(arguments: StoreConformance.messages)
///     func keepsTheRule(_ check: StoreCheck<any MessageStore>) async throws {
///         try await check.run(on: MyStore())
///     }
public struct StoreCheck<Store: Sendable>: Sendable, CustomStringConvertible {
    /// What the rule says, in a few words; unique in its list.
    public let name: String
    private let body: @Sendable (Store) async throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (Store) async throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Runs the check. It makes up names of its own, so that many may share a store, also at once.
    ///
    /// - Throws: ``ConformanceFailure`` if the rule is broken, or what the store threw where it should not have.
    public func run(on store: Store) async throws {
        try await self.body(store)
    }

    public var description: String { self.name }
}

/// The checks of every kind of store.
public enum StoreConformance {}
