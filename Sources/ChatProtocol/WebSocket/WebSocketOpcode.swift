/// What a frame is (RFC 6455 section 5.2).
package struct WebSocketOpcode: RawRepresentable, Sendable, Hashable {
    package var rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let continuation = Self(rawValue: 0x0)
    package static let text = Self(rawValue: 0x1)
    package static let binary = Self(rawValue: 0x2)
    package static let connectionClose = Self(rawValue: 0x8)
    package static let ping = Self(rawValue: 0x9)
    package static let pong = Self(rawValue: 0xA)

    /// Whether frames of it may come between the fragments of a message (section 5.5).
    package var isControl: Bool { self.rawValue & 0x8 != 0 }
}
