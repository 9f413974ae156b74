/// Why a request failed: the `code` of an `error` event. The list is closed and documented in `docs/PROTOCOL.md`.
public struct ChatErrorCode: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public var description: String { self.rawValue }

    /// The frame is not a JSON object, or nests too deep, or has no `action`.
    public static let malformedRequest = Self(rawValue: "malformedRequest")
    /// The `action` is none that the server knows.
    public static let unknownAction = Self(rawValue: "unknownAction")
    /// A field is missing, has the wrong type, or a value out of its range.
    public static let invalidField = Self(rawValue: "invalidField")
    /// The `message` is longer than the server takes.
    public static let messageTooLong = Self(rawValue: "messageTooLong")
    /// The `room` is empty, too long, or has control characters.
    public static let invalidRoom = Self(rawValue: "invalidRoom")
    /// The connection has not joined the room.
    public static let notInRoom = Self(rawValue: "notInRoom")
    /// The connection is in as many rooms as it may be.
    public static let tooManyRooms = Self(rawValue: "tooManyRooms")
    /// The server cannot do it now; nothing was kept. Try again after `retryAfter`.
    public static let unavailable = Self(rawValue: "unavailable")
    /// The server failed; whether something was kept is not known. Send again with the same `clientMessageId`.
    public static let internalError = Self(rawValue: "internalError")
}
