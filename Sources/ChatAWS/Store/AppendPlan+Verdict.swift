import ChatProtocol
import ChatStore

extension AppendPlan {
    /// What is known of an attempt once DynamoDB has refused it.
    enum Verdict: Hashable {
        /// It was written, by an earlier sending whose answer was lost.
        case committed
        /// Somebody else's messages have the numbers. It was not written and cannot be any more.
        case lost
        /// These clients' ids were used before. It was not written and cannot be any more.
        case repeated([MessageClaim.Key: MessageReceipt])
    }
}

extension AppendPlan.Attempt {
    /// Judges by the items that stood in the way, in the order of ``writes(to:)``; nil for those that did not.
    ///
    /// An item of this very attempt, the same message under the same number, means that all of it was written: a write is one request or
    /// one transaction, and ids of messages are given once.
    ///
    /// - Returns: nil if nothing stood in the way.
    func verdict(inTheWay items: [AttributeMap?]) throws(StoreError) -> AppendPlan.Verdict? {
        var isLost = false
        for (run, item) in zip(self.runs, items) {
            guard let item else { continue }
            if try MessageRun(room: run.room, item: item).isSame(as: run) { return .committed }
            isLost = true
        }
        var known: [MessageClaim.Key: MessageReceipt] = [:]
        for (claim, item) in zip(self.claims, items.dropFirst(self.runs.count)) {
            guard let item else { continue }
            let receipt = try MessageClaim.receipt(in: item, room: claim.receipt.room)
            // The same message under another number is a caller's own repetition, not this attempt.
            if receipt == claim.receipt { return .committed }
            known[claim.key] = receipt
        }
        if !known.isEmpty { return .repeated(known) }
        return isLost ? .lost : nil
    }
}
