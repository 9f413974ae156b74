import Foundation
import Synchronization
import Testing

@testable import AWSLambda

/// Keeps the lines that were written.
final class CapturedLines: LineOutput {
    private let captured = Mutex<[[UInt8]]>([])

    func write(line: [UInt8]) { self.captured.withLock { $0.append(line) } }

    var lines: [[UInt8]] { self.captured.withLock { $0 } }
}

/// The object that the JSON text is.
func jsonObject(_ bytes: some Sequence<UInt8>, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String: any Sendable] {
    let value = try JSONSerialization.jsonObject(with: Data(bytes))
    return try #require(value as? [String: any Sendable], sourceLocation: sourceLocation)
}
