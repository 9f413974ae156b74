import ChatTransport

/// The path of a call of `@connections`: `/STAGE/@connections/ID`, the `@` and the id percent-encoded or not.
struct ManagementPath: Sendable, Equatable {
    /// Decoded; any text.
    var connectionId: String

    /// - Parameters:
    ///   - path: as it came.
    ///   - stage: `$default` has no part in the path.
    /// - Returns: nil for any other path.
    init?(_ path: String, stage: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.first?.isEmpty == true else { return nil }
        parts.removeFirst()
        if stage != "$default" {
            guard parts.first.flatMap({ PercentEncoding.decode($0) }) == stage else { return nil }
            parts.removeFirst()
        }
        guard parts.count == 2, PercentEncoding.decode(parts[0]) == "@connections", let id = PercentEncoding.decode(parts[1]), !id.isEmpty
        else { return nil }
        self.connectionId = id
    }

    /// Whether a path is meant for `@connections`, of whatever stage.
    static func isManagement(_ path: some StringProtocol) -> Bool {
        path.split(separator: "/").contains { $0 == "@connections" || $0.lowercased() == "%40connections" }
    }
}
