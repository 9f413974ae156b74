import Logging

/// One line of a log.
///
/// CloudWatch takes at most 256 KiB of an event, and what a local host reads line by line wants a bound as well. A line that is longer
/// loses its metadata first and then the end of its message, says so with `"truncated":true`, and stays valid.
struct LogLine {
    enum Format: Sendable { case json, text }

    /// CloudWatch counts 26 bytes of its own for each event.
    static let maximumBytes = 256 * 1024 - 26
    /// Objects and lists that a metadata value may nest; what lies deeper is written as text.
    private static let maximumDepth = 8

    let timestamp: String
    let level: String
    let message: String
    let requestId: String?
    let logger: String
    let metadata: Logger.Metadata

    /// The line with its line feed.
    func bytes(_ format: Format, limit: Int = Self.maximumBytes) -> [UInt8] {
        var line = self.write(format, message: self.message, metadata: self.metadata, truncated: false)
        if line.count <= limit { return line }
        // An escape makes up to six bytes of one, so a sixth fits whatever the message holds. Labels and ids are short.
        for share in [limit - 1024, limit / 2, limit / 6 - 256] {
            line = self.write(format, message: String(self.message.prefix(bytes: max(0, share))), metadata: [:], truncated: true)
            if line.count <= limit { return line }
        }
        let short = LogLine(
            timestamp: self.timestamp, level: self.level, message: "", requestId: self.requestId.map { String($0.prefix(bytes: 128)) },
            logger: String(self.logger.prefix(bytes: 128)), metadata: [:])
        return short.write(format, message: "", metadata: [:], truncated: true)
    }

    private func write(_ format: Format, message: String, metadata: Logger.Metadata, truncated: Bool) -> [UInt8] {
        switch format {
        case .json: self.json(message: message, metadata: metadata, truncated: truncated)
        case .text: self.text(message: message, metadata: metadata, truncated: truncated)
        }
    }

    private func json(message: String, metadata: Logger.Metadata, truncated: Bool) -> [UInt8] {
        var text = JSONText(reservingCapacity: 256 + message.utf8.count)
        text.object { text in
            text.member("timestamp", self.timestamp)
            text.member("level", self.level)
            text.member("message", message)
            text.member("requestId", self.requestId)
            text.member("logger", self.logger)
            if truncated { text.member("truncated", true) }
            if !metadata.isEmpty {
                text.name("metadata")
                Self.write(.dictionary(metadata), to: &text, depth: 0)
            }
        }
        text.endLine()
        return text.bytes
    }

    private static func write(_ value: Logger.MetadataValue, to text: inout JSONText, depth: Int) {
        if depth > Self.maximumDepth { return text.string(value.description) }
        switch value {
        case .string(let value): text.string(value)
        case .stringConvertible(let value):
            switch value {
            case let value as Bool: text.bool(value)
            case let value as Int: text.number(value)
            case let value as Double where value.isFinite: text.number(value)
            default: text.string(value.description)
            }
        case .array(let values):
            text.array { text in
                for value in values { Self.write(value, to: &text, depth: depth + 1) }
            }
        case .dictionary(let values):
            text.object { text in
                for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                    text.name(name)
                    Self.write(value, to: &text, depth: depth + 1)
                }
            }
        }
    }

    private func text(message: String, metadata: Logger.Metadata, truncated: Bool) -> [UInt8] {
        var line = "\(self.timestamp) \(self.level) "
        if let requestId { line += "\(requestId) " }
        line += "\(self.logger): \(message)"
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) { line += " \(name)=\(value)" }
        if truncated { line += " (truncated)" }
        return line.utf8.map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: " ") : $0 } + [UInt8(ascii: "\n")]
    }
}
