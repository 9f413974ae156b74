#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A handler whose event is decoded from JSON and whose answer is encoded to JSON.
public protocol TypedLambdaHandler: LambdaHandler {
    associatedtype Event: Decodable & Sendable
    associatedtype Answer: Encodable & Sendable

    /// Handles one invocation; see ``LambdaHandler``.
    func handle(_ event: Event, context: LambdaContext) async throws -> Answer
}

extension TypedLambdaHandler {
    /// - Throws: What the typed `handle` throws; ``LambdaFunctionError`` of type `Runtime.UnmarshalError` for an event that is
    ///   no `Event`. Its message names the member, and repeats no content.
    public func handle(_ event: [UInt8], context: LambdaContext) async throws -> [UInt8] {
        let decoded: Event
        do {
            decoded = try JSONDecoder().decode(Event.self, from: Data(event))
        } catch let error as DecodingError {
            throw LambdaFunctionError(type: "Runtime.UnmarshalError", message: "the event is no \(Event.self): \(error.place)")
        }
        let answer = try await self.handle(decoded, context: context)
        // The types of API Gateway write themselves, which is faster.
        if let answer = answer as? any JSONRepresentable { return answer.json }
        return Array(try JSONEncoder().encode(answer))
    }
}

extension DecodingError {
    /// What is wrong and where, without the values that were met.
    fileprivate var place: String {
        func path(_ context: Context, _ last: String? = nil) -> String {
            let path = (context.codingPath.map(\.stringValue) + (last.map { [$0] } ?? [])).joined(separator: ".")
            return path.isEmpty ? "at its root" : "at \(path)"
        }
        return switch self {
        case .typeMismatch(_, let context): "another type \(path(context))"
        case .valueNotFound(_, let context): "null \(path(context))"
        case .keyNotFound(let key, let context): "nothing \(path(context, key.stringValue))"
        case .dataCorrupted(let context): "no valid value \(path(context))"
        @unknown default: "not decodable"
        }
    }
}
