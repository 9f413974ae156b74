import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension WebSocketProxy {
    /// The value of `Proxy-Authorization` (RFC 9110 section 11.7.2). Its descriptions do not show it.
    public struct Authorization: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
        /// As it goes into the field, for another client that uses the same proxy. A secret.
        public let value: String

        /// - Parameter value: as it goes into the field. A line break in it, which would begin another field, becomes a space.
        public static func field(_ value: String) -> Self {
            Self(value: HTTPField(name: .proxyAuthorization, value: value).value)
        }

        /// RFC 7617, in UTF-8.
        ///
        /// - Parameter username: without a colon, where the password would begin.
        public static func basic(username: String, password: String) -> Self {
            .field("Basic \(Data("\(username):\(password)".utf8).base64EncodedString())")
        }

        /// RFC 6750.
        public static func bearer(_ token: String) -> Self {
            .field("Bearer \(token)")
        }

        public var description: String { "redacted" }
        public var debugDescription: String { "redacted" }
        public var customMirror: Mirror { Mirror(self, children: []) }
    }
}
