import ChatService
import ChatStore

extension DynamoDBStore {
    /// Writes an attempt, and finds out what became of it, however often answers are lost.
    ///
    /// Only what is certain leaves the loop. While it is not known whether an earlier sending was carried out, the same is sent again
    /// under the same keys: of all sendings at most one can succeed, and the others then find its items. To plan anew with other
    /// numbers before that is certain would keep a message twice.
    ///
    /// - Throws: ``DynamoDBError`` or ``StoreError`` if it was refused for good, or if nothing certain could be had; `CancellationError`.
    func commit(_ attempt: AppendPlan.Attempt, to table: String) async throws -> AppendPlan.Verdict {
        let writes = attempt.writes(to: table)
        guard writes.count <= DynamoDBTransaction.maximumWrites,
            writes.count == 1 || writes.reduce(0, { $0 + ($1.Item?.size ?? 0) }) <= DynamoDBTransaction.maximumBytes
        else { throw StoreError(.failed, "More messages than one transaction takes.") }
        let token = MessageIdentifier.random()
        var attempts = self.backoff.attempts()
        var mayBeWritten = false
        while true {
            do {
                if writes.count == 1 {
                    try await self.client.write(writes[0])
                } else {
                    try await self.client.transact(writes, token: token)
                }
                return .committed
            } catch let error as DynamoDBError {
                if let verdict = try await self.verdict(on: attempt, writes, after: error, in: table) { return verdict }
                mayBeWritten = mayBeWritten || error.isAmbiguous
                guard try await attempts.wait() else {
                    // An earlier sending may still arrive, so "nothing was kept" would be too much to say.
                    throw mayBeWritten ? StoreError(.failed, "Whether the messages were kept is not known.", underlying: error) : error
                }
            }
        }
    }

    /// - Returns: nil if nothing is certain yet.
    private func verdict(
        on attempt: AppendPlan.Attempt, _ writes: [DynamoDBWrite], after error: DynamoDBError, in table: String
    ) async throws -> AppendPlan.Verdict? {
        var found: [AttributeMap?] = Array(repeating: nil, count: writes.count)
        var missing: [Int] = []
        if error.code == .conditionalCheckFailed {
            found[0] = error.item
            if error.item == nil { missing = [0] }
        } else if error.code == .transactionCanceled, error.reasons.contains(where: \.isConditionFailed) {
            for (index, reason) in error.reasons.enumerated() where index < writes.count && reason.isConditionFailed {
                found[index] = reason.item
                if reason.item == nil { missing.append(index) }
            }
        } else if error.isAmbiguous || error.isTransient {
            // The first sending may be the one that this one was in conflict with. One item tells for all.
            missing = [0]
        } else {
            throw error
        }
        let keys = missing.compactMap { writes[$0].Item?.filter { $0.key == "pk" || $0.key == "sk" } }
        do {
            let items =
                keys.count == 1
                ? [try await self.client.getItem(keys[0], from: table)].compactMap { $0 }
                : try await self.client.batchGet(keys, from: table, backoff: self.backoff)
            for item in items {
                for index in missing where item["pk"] == writes[index].Item?["pk"] && item["sk"] == writes[index].Item?["sk"] {
                    found[index] = item
                }
            }
        } catch let error as DynamoDBError where error.isAmbiguous || error.isTransient {
            return nil
        }
        return try attempt.verdict(inTheWay: found)
    }
}
