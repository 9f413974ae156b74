import APIGatewayDefinition
import ChatProtocol
import LambdaHost

/// What comes of asking a REQUEST authorizer.
enum AuthorizerResult: Sendable, Equatable {
    case allowed(AuthorizerContext)
    /// 401: the function said `Unauthorized`.
    case unauthorized
    /// 403: the policy does not allow `$connect`.
    case denied
    /// 500: the function failed, or its answer is none. The reason is for a log.
    case failed(reason: String)

    static let action = "execute-api:Invoke"

    /// - Parameters:
    ///   - resource: the ARN of the `$connect` route.
    ///   - maximumBytes: of the answer. Nil is no limit but the host's own.
    ///   - latency: how long the function took, in milliseconds.
    init(_ outcome: LambdaOutcome, resource: String, maximumBytes: Int?, latency: Int64) {
        switch outcome {
        case .success(let bytes):
            if let maximumBytes, bytes.count > maximumBytes {
                self = .failed(reason: "the authorizer's answer has \(bytes.count) bytes, \(maximumBytes) are allowed")
            } else {
                self = Self.read(bytes, resource: resource, latency: latency)
            }
        // By convention of Lambda authorizers, this very text is an answer and no failure.
        case .functionError(_, "Unauthorized"): self = .unauthorized
        case .functionError(let type, _): self = .failed(reason: "the authorizer failed: \(type)")
        case .timedOut: self = .failed(reason: "the authorizer took too long")
        case .failed(let reason): self = .failed(reason: reason)
        case .throttled: self = .failed(reason: "the authorizer is busy")
        }
    }

    private static func read(_ bytes: [UInt8], resource: String, latency: Int64) -> AuthorizerResult {
        guard case .object(let answer)? = JSONValue(bytes) else { return .failed(reason: "the authorizer's answer is no JSON object") }
        guard let principalId = answer["principalId"]?.string else { return .failed(reason: "the authorizer's answer has no principalId") }
        guard case .object? = answer["policyDocument"], let text = Self.policyText(bytes) else {
            return .failed(reason: "the authorizer's answer has no policyDocument")
        }
        let policy: PolicyDocument
        do throws(DefinitionError) { policy = try PolicyDocument(text) } catch {
            return .failed(reason: "the authorizer's policy cannot be used: \(error)")
        }
        var context: [String: JSONValue] = [:]
        switch answer["context"] {
        case .object(let values)?: context = values
        case nil, .null?: break
        default: return .failed(reason: "the authorizer's context is no object")
        }
        for (name, value) in context {
            switch value {
            case .array, .object: return .failed(reason: "the authorizer's context.\(name) is neither text, number nor truth value")
            default: break
            }
        }
        guard policy.allows(action: Self.action, resource: resource).isAllowed else { return .denied }
        return .allowed(AuthorizerContext(principalId: principalId, context: context, latency: latency))
    }

    /// The policy as it was written, to be read by those rules that read policies everywhere.
    private static func policyText(_ bytes: [UInt8]) -> String? {
        bytes.withUnsafeBufferPointer { bytes in
            var reader = JSONReader(bytes)
            var first = true
            var text: String?
            guard reader.take(UInt8(ascii: "{")) else { return nil }
            do throws(JSONError) {
                while let name = try reader.nextName(first: &first) {
                    let value = try reader.readRawValue()
                    if name == "policyDocument" { text = value }
                }
            } catch { return nil }
            return text
        }
    }
}
