import ChatProtocol
import NIOCore

extension CodecOperation {
    /// What a server does with the bytes of a client's message, as a whole and part by part.
    static let reading: [CodecOperation] = [128, 16_384].flatMap { size in
        [
            Self.frameReading(size), Self.unmasking(size), Self.validation("ascii", of: "x", size: size),
            Self.validation("cyrillic", of: "привет, я", size: size),
        ]
    }

    private static func frameReading(_ size: Int) -> CodecOperation {
        CodecOperation(
            name: "frame-read-\(size)", about: "text frame of a client, \(size) bytes: header, unmasking into a buffer of its own, UTF-8"
        ) {
            let payload = [UInt8](repeating: UInt8(ascii: "x"), count: size)
            let frame = ByteBuffer(bytes: ClientFrame.encode(opcode: WebSocketOpcode.text.rawValue, payload: payload))
            var connection = FrameReading()
            guard try connection.message(in: frame) == ByteBuffer(bytes: payload) else { throw WrongResult("another payload") }
            return { keep(try connection.message(in: frame)) }
        }
    }

    private static func unmasking(_ size: Int) -> CodecOperation {
        CodecOperation(name: "unmask-\(size)", about: "\(size) bytes from one place to another") {
            let mask = WebSocketMask.random()
            let source = [UInt8](repeating: UInt8(ascii: "x"), count: size)
            var target = [UInt8](repeating: 0, count: size)
            return {
                source.withUnsafeBytes { source in
                    target.withUnsafeMutableBytes { target in mask.copy(source, to: target) }
                }
                keep(target)
            }
        }
    }

    /// - Parameter unit: what the text repeats; its length divides the size.
    private static func validation(_ script: String, of unit: String, size: Int) -> CodecOperation {
        CodecOperation(name: "utf8-\(script)-\(size)", about: "whether \(size) bytes that come in two pieces are UTF-8") {
            let text = Array(String(repeating: unit, count: size / unit.utf8.count).utf8)
            // Inside of a character, if it has more than one byte.
            let cut = size / 2 + 1
            return {
                var validator = UTF8Validator()
                let isValid = text.withUnsafeBytes { bytes in
                    validator.append(UnsafeRawBufferPointer(rebasing: bytes[..<cut]))
                        && validator.append(UnsafeRawBufferPointer(rebasing: bytes[cut...]))
                }
                guard isValid, validator.isComplete else { throw WrongResult("not UTF-8") }
            }
        }
    }
}
