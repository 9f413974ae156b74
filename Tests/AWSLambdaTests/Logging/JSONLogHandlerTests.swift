import Foundation
import Logging
import Testing

@testable import AWSLambda

struct JSONLogHandlerTests {
    private func logger(_ environment: [String: String] = [:], _ output: CapturedLines) -> Logger {
        Logger(label: "chat", factory: { JSONLogHandler(label: $0, environment: environment, output: output) })
    }

    @Test func aLineIsOneObject() throws {
        let output = CapturedLines()
        var logger = self.logger([:], output)
        logger[metadataKey: "chat.room"] = "general"
        logger.warning(
            "a \"b\"\n\u{0}\u{1B}[31m\u{7F}é",
            metadata: ["n": .stringConvertible(3), "ok": .stringConvertible(true), "list": ["a", ["b": "c"]]])
        let line = try #require(output.lines.first)
        #expect(line.last == UInt8(ascii: "\n"))
        #expect(line.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        let object = try jsonObject(line)
        #expect(object["level"] as? String == "WARN")
        #expect(object["message"] as? String == "a \"b\"\n\u{0}\u{1B}[31m\u{7F}é")
        #expect(object["logger"] as? String == "chat")
        #expect(object["requestId"] == nil)
        let metadata = try #require(object["metadata"] as? [String: any Sendable])
        #expect(metadata["chat.room"] as? String == "general")
        #expect(metadata["n"] as? Int == 3 && metadata["ok"] as? Bool == true)
        let timestamp = try #require(object["timestamp"] as? String)
        let date = try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(timestamp)
        #expect(abs(date.timeIntervalSinceNow) < 60)
    }

    @Test func theRequestIdIsTheLoggersOrElseTheTasks() throws {
        let output = CapturedLines()
        var logger = self.logger([:], output)
        LambdaInvocation.$requestId.withValue("task") {
            logger.info("1")
            logger[metadataKey: "requestId"] = "logger"
            logger.info("2")
        }
        let objects = try output.lines.map { try jsonObject($0) }
        #expect(objects.map { $0["requestId"] as? String } == ["task", "logger"])
        #expect(objects.allSatisfy { $0["metadata"] == nil })
    }

    @Test(arguments: [
        ("TRACE", Logger.Level.trace), ("debug", .debug), ("INFO", .info), ("WARN", .warning), ("ERROR", .error), ("FATAL", .critical),
        ("nonsense", .info),
    ]) func theLevelIsLambdas(name: String, level: Logger.Level) {
        #expect(JSONLogHandler(label: "x", environment: ["AWS_LAMBDA_LOG_LEVEL": name]).logLevel == level)
    }

    @Test func textIsWrittenWhereItIsAskedFor() throws {
        let output = CapturedLines()
        LambdaInvocation.$requestId.withValue("r") {
            self.logger(["AWS_LAMBDA_LOG_FORMAT": "Text"], output).error("a\nb", metadata: ["k": "v"])
        }
        let line = String(decoding: try #require(output.lines.first), as: UTF8.self)
        #expect(line.hasSuffix(" ERROR r chat: a b k=v\n"))
    }

    @Test(arguments: [0, 100, 262_000, 300_000], ["x", "\u{1}", "é", "😀", "\""])
    func aLongLineIsCutAndStaysValid(count: Int, unit: String) throws {
        let line = LogLine(
            timestamp: "t", level: "INFO", message: String(repeating: unit, count: count), requestId: "r", logger: "l",
            metadata: ["m": .string(String(repeating: unit, count: count / 2))])
        for format in [LogLine.Format.json, .text] {
            let bytes = line.bytes(format)
            #expect(bytes.count <= 256 * 1024 - 26)
            #expect(String(validating: bytes, as: UTF8.self) != nil)
            guard format == .json else { continue }
            let object = try jsonObject(bytes)
            let message = try #require(object["message"] as? String)
            let wasCut = object["truncated"] as? Bool == true
            #expect(wasCut || message.unicodeScalars.count == count)
            #expect(line.message.hasPrefix(message))
            if wasCut { #expect(bytes.count > 30_000) }
        }
    }

    @Test func metadataThatNestsTooDeepIsText() throws {
        var value: Logger.MetadataValue = "end"
        for _ in 0..<1000 { value = [value] }
        let line = LogLine(timestamp: "t", level: "INFO", message: "m", requestId: nil, logger: "l", metadata: ["deep": value])
        #expect(try jsonObject(line.bytes(.json))["message"] as? String == "m")
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_709_164_800_001, "2024-02-29T00:00:00.001Z"), (1_735_689_599_000, "2024-12-31T23:59:59.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ]) func dates(milliseconds: Int64, text: String) {
        #expect(ISO8601.string(milliseconds: milliseconds) == text)
    }

    /// Many threads and lines longer than a pipe takes at once.
    @Test(.timeLimit(.minutes(1))) func linesNeverInterleave() async throws {
        let pipe = Pipe()
        let output = StandardOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let reader = Task.detached { try pipe.fileHandleForReading.readToEnd() ?? Data() }
        await withTaskGroup(of: Void.self) { group in
            for digit in UInt8(ascii: "0")...UInt8(ascii: "9") {
                group.addTask {
                    for _ in 0..<5 { output.write(line: [UInt8](repeating: digit, count: 100_000) + [UInt8(ascii: "\n")]) }
                }
            }
        }
        try pipe.fileHandleForWriting.close()
        let lines = try await reader.value.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 50)
        #expect(lines.allSatisfy { $0.count == 100_000 && Set($0).count == 1 })
    }
}
