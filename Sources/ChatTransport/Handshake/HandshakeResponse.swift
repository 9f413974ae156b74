import Crypto
import HTTPTypes
import NIOCore

/// The bytes of a server's answers (RFC 6455 section 4.2.2, RFC 9112).
enum HandshakeResponse {
    /// 101.
    static func accept(key: String, fields: HTTPFields) -> ByteBuffer {
        var bytes = ByteBufferAllocator().buffer(capacity: 256)
        bytes.writeStaticString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
        bytes.writeString(self.acceptValue(key: key))
        bytes.writeStaticString("\r\n")
        bytes.write(fields)
        bytes.writeStaticString("\r\n")
        return bytes
    }

    /// Any other status; the connection ends behind it.
    static func reject(_ status: HTTPResponse.Status, fields: HTTPFields, body: String) -> ByteBuffer {
        var fields = fields
        fields[.contentLength] = "\(body.utf8.count)"
        // A field that is of this connection only is named here, too (RFC 9110 section 7.6.1).
        fields[.connection] = fields[.upgrade] == nil ? "close" : "upgrade, close"
        if !body.isEmpty { fields[.contentType] = "text/plain; charset=utf-8" }
        var bytes = ByteBuffer(string: "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        bytes.write(fields)
        bytes.writeStaticString("\r\n")
        bytes.writeString(body)
        return bytes
    }

    /// What proves that the server has read the key (section 1.3).
    static func acceptValue(key: String) -> String {
        var hash = Insecure.SHA1()
        var input = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        input.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        return hash.finalize().withUnsafeBytes { Base64.encode($0) }
    }
}

extension ByteBuffer {
    fileprivate mutating func write(_ fields: HTTPFields) {
        for field in fields {
            self.writeString(field.name.rawName)
            self.writeStaticString(": ")
            self.writeString(field.value)
            self.writeStaticString("\r\n")
        }
    }
}

/// Base64 (RFC 4648 section 4).
enum Base64 {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
        let alphabet = self.alphabet.utf8Start
        let capacity = (bytes.count + 2) / 3 * 4
        return String(unsafeUninitializedCapacity: capacity) { text in
            var written = 0
            var index = 0
            while index < bytes.count {
                let left = bytes.count - index
                let second = left > 1 ? bytes[index + 1] : 0
                let third = left > 2 ? bytes[index + 2] : 0
                let word = Int(bytes[index]) << 16 | Int(second) << 8 | Int(third)
                text[written] = alphabet[word >> 18]
                text[written + 1] = alphabet[word >> 12 & 63]
                text[written + 2] = left > 1 ? alphabet[word >> 6 & 63] : UInt8(ascii: "=")
                text[written + 3] = left > 2 ? alphabet[word & 63] : UInt8(ascii: "=")
                written += 4
                index += 3
            }
            return written
        }
    }
}
