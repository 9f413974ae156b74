extension MessageInflater {
    /// What a message may inflate to. Stops few bytes from costing much memory or time.
    package struct Limits: Sendable, Hashable {
        /// A message up to this size may have any ratio: twice the longest frame of API Gateway.
        ///
        /// A page of history in which somebody wrote one letter 65,536 times inflates by more than 500, and is no attack.
        package static let ratioSlackBytes = 256 * 1024

        /// Bytes of the inflated message. Not one more is handed on.
        package var maximumBytes: Int
        /// Inflated over deflated bytes of the message so far, beyond ``ratioSlackBytes``.
        package var maximumRatio: Int

        package init(maximumBytes: Int, maximumRatio: Int) {
            precondition(maximumBytes >= 0 && maximumRatio > 0)
            self.maximumBytes = maximumBytes
            self.maximumRatio = maximumRatio
        }

        func allow(inflated: Int, deflated: Int) -> Bool {
            inflated <= self.maximumBytes && (inflated <= Self.ratioSlackBytes || inflated / self.maximumRatio <= deflated)
        }
    }
}
