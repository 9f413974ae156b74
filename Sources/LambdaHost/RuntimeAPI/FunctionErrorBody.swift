import FoundationEssentials
import NIOCore

/// What a runtime says when a function fails: `{"errorMessage":…,"errorType":…,"stackTrace":[…]}`.
struct FunctionErrorBody {
    var type: String
    var message: String

    /// What of a type and of a message is kept, in characters.
    static let maximumTypeLength = 256
    static let maximumMessageLength = 4096

    private struct Fields: Decodable {
        var errorMessage: String?
        var errorType: String?
    }

    /// - Parameters:
    ///   - body: anything; what is no such JSON gives an empty message.
    ///   - header: `Lambda-Runtime-Function-Error-Type`, for when the body has no type.
    init(body: ByteBuffer, header: String?) {
        let fields = try? JSONDecoder().decode(Fields.self, from: Data(body.readableBytesView))
        let type = fields?.errorType ?? header ?? ""
        self.type = String(type.prefix(Self.maximumTypeLength))
        self.message = String((fields?.errorMessage ?? "").prefix(Self.maximumMessageLength))
    }

    var outcome: LambdaOutcome { .functionError(type: self.type, message: self.message) }
}
