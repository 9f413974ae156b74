import ChatStore

/// Fails unless `body` throws a ``StoreError`` with that code.
func requireError(
    _ code: StoreError.Code, _ what: String, fileID: String = #fileID, line: UInt = #line, _ body: () async throws -> Void
) async throws {
    do {
        try await body()
    } catch let error as StoreError {
        try requireEqual(error.code, code, what, fileID: fileID, line: line)
        return
    }
    throw ConformanceFailure("\(what): nothing was thrown, expected \(code)", fileID: fileID, line: line)
}
