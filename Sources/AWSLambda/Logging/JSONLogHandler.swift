public import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes each log message as one line: a JSON object with `timestamp`, `level`, `message`, `requestId` (inside an invocation),
/// `logger` and, under `metadata`, what the message and the logger bring.
///
/// It reads Lambda's settings: `AWS_LAMBDA_LOG_LEVEL` (`TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL`; default `INFO`) and
/// `AWS_LAMBDA_LOG_FORMAT`: with `Text`, a line is text, else JSON.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: LogLine.Format
    private let output: any LineOutput

    /// - Parameters:
    ///   - label: The logger's label.
    ///   - environment: Where Lambda's settings are looked up; `nil` (default) means the process's own.
    ///   - output: Standard output by default.
    public init(
        label: String, environment: [String: String]? = nil, output: any LineOutput = StandardOutput()
    ) {
        let environment = environment ?? ProcessInfo.processInfo.environment
        self.label = label
        self.output = output
        self.logLevel = environment["AWS_LAMBDA_LOG_LEVEL"].flatMap(Logger.Level.init(lambda:)) ?? .info
        self.format = environment["AWS_LAMBDA_LOG_FORMAT"]?.equalsIgnoringASCIICase("Text") == true ? .text : .json
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var metadata = self.metadata
        if let provided = self.metadataProvider?.get() { metadata.merge(provided) { _, new in new } }
        if let given = event.metadata { metadata.merge(given) { _, new in new } }
        // The logger's own, or else the task's.
        var requestId = LambdaInvocation.requestId
        if case .string(let id) = metadata["requestId"] {
            requestId = id
            metadata["requestId"] = nil
        }
        let line = LogLine(
            timestamp: ISO8601.string(milliseconds: WallClock.milliseconds()), level: event.level.lambda, message: "\(event.message)",
            requestId: requestId, logger: self.label, metadata: metadata)
        self.output.write(line: line.bytes(self.format))
    }
}

extension Logger.Level {
    /// A level by Lambda's name for it; `nil` for another name.
    fileprivate init?(lambda name: String) {
        switch name.uppercased() {
        case "TRACE": self = .trace
        case "DEBUG": self = .debug
        case "INFO": self = .info
        case "WARN": self = .warning
        case "ERROR": self = .error
        case "FATAL": self = .critical
        default: return nil
        }
    }

    /// Lambda's name for the level. It has none for a notice.
    fileprivate var lambda: String {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARN"
        case .error: "ERROR"
        case .critical: "FATAL"
        }
    }
}
