import APIGatewayDefinition
import AWSClient
import ChatProtocol
import HTTPTypes
import NIOCore

/// `@connections`: sends to open connections, tells of them, closes them.
///
/// A call is signed with one of the definition's access keys (Signature Version 4, service `execute-api`), whose policy must allow
/// `execute-api:ManageConnections` on `STAGE-ARN/METHOD/@connections/ID`. Whether an id exists is told to nobody who may not manage it.
///
/// Source: botocore's model `apigatewaymanagementapi`; API Gateway Developer Guide, "Use @connections commands in your backend service".
struct ManagementAPI: Sendable {
    static let action = "execute-api:ManageConnections"

    private let definition: APIDefinition
    private let keys: [String: AccessKeyDefinition]
    private let verifier: SigV4Verifier
    private let maximumSkew: Duration
    private let maximumBodyBytes: Int
    private let quotas: AccountQuotas
    private let connections: any ManagedConnections

    init(_ definition: APIDefinition, maximumBodyBytes: Int, quotas: AccountQuotas, connections: any ManagedConnections) {
        self.definition = definition
        self.keys = Dictionary(definition.accessKeys.map { ($0.accessKeyId, $0) }, uniquingKeysWith: { first, _ in first })
        self.maximumSkew = .seconds(300)
        self.verifier = SigV4Verifier(service: "execute-api", region: definition.region, maximumSkew: self.maximumSkew)
        self.maximumBodyBytes = maximumBodyBytes
        self.quotas = quotas
        self.connections = connections
    }

    /// Answers a call.
    ///
    /// - Parameters:
    ///   - time: the wall clock's, for the signature.
    ///   - now: the monotonic clock's, for the quotas.
    func respond(to request: AWSHTTPRequest, at time: Timestamp, now: NIODeadline) async -> AWSHTTPResponse {
        do throws(ManagementError) {
            let id = try self.authorize(request, at: time, now: now)
            switch request.method {
            case .get: return try await self.describe(id)
            case .delete: return try await self.close(id)
            default: return try await self.post(request.body, to: id)
            }
        } catch {
            return error.response
        }
    }

    /// - Returns: the connection that the call is about.
    private func authorize(_ request: AWSHTTPRequest, at time: Timestamp, now: NIODeadline) throws(ManagementError) -> String {
        // What is signed is the hash of the body: one that is too long is not worth the time to hash it.
        guard request.body.count <= self.maximumBodyBytes else { throw .payloadTooLarge }
        let accessKeyId: String
        do throws(SigV4Error) {
            accessKeyId = try self.verifier.verify(request, at: time) { self.keys[$0]?.secretAccessKey }
        } catch {
            throw ManagementError(error, signedAt: request.headers[.amzDate] ?? "", now: time, skew: self.maximumSkew)
        }
        guard let path = ManagementPath(request.path, stage: self.definition.stage),
            request.method == .post || request.method == .get || request.method == .delete
        else {
            throw .noRoute(path: String(request.path.drop { $0 == "/" }), method: request.method.rawValue)
        }
        let resource = "\(self.definition.stageARN)/\(request.method.rawValue)/@connections/\(path.connectionId)"
        guard self.keys[accessKeyId]?.policy.allows(action: Self.action, resource: resource).isAllowed == true else {
            throw .forbidden("User is not authorized to perform: \(Self.action) on resource: \(resource)")
        }
        guard self.quotas.mayRequest(now: now) else { throw .limitExceeded }
        guard GatewayIdentifier.isWellFormed(path.connectionId) else {
            throw .badRequest("Invalid connectionId: \(path.connectionId)")
        }
        return path.connectionId
    }

    private func post(_ body: [UInt8], to id: String) async throws(ManagementError) -> AWSHTTPResponse {
        // It goes out as a text frame, which must be UTF-8. What AWS does with other bytes is not known.
        guard body.withUnsafeBytes({ UTF8Validator.isValid($0) }) else { throw .badRequest("The message is not UTF-8") }
        switch await self.connections.post(body, to: id) {
        case .posted: return AWSHTTPResponse(status: .ok)
        case .gone: throw .gone
        case .bufferFull: throw .bufferFull
        }
    }

    private func describe(_ id: String) async throws(ManagementError) -> AWSHTTPResponse {
        guard let status = await self.connections.status(of: id) else { throw .gone }
        var identity = JSONObjectWriter()
        identity.member("sourceIp", status.sourceIp)
        if let userAgent = status.userAgent { identity.member("userAgent", userAgent) }
        var body = JSONObjectWriter()
        body.member("connectedAt", status.connectedAt.description)
        body.member("identity", identity)
        body.member("lastActiveAt", status.lastActiveAt.description)
        return AWSHTTPResponse(status: .ok, headers: [.contentType: "application/json"], body: body.finished)
    }

    private func close(_ id: String) async throws(ManagementError) -> AWSHTTPResponse {
        guard await self.connections.close(id) else { throw .gone }
        return AWSHTTPResponse(status: .noContent)
    }
}
