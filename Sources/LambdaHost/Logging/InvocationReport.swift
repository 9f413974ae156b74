import NIOCore

/// The lines that Lambda writes to a function's log around a call.
///
/// Durations are in milliseconds; the billed one is rounded up. See the AWS documentation, "Lambda function logs".
struct InvocationReport {
    var requestId: String
    var duration: TimeAmount
    /// From the start of the process to its first question for an event; nil but for its first call.
    var initDuration: TimeAmount?
    /// MiB, as configured.
    var memory: Int
    /// MiB; nil if the system does not tell.
    var maximumMemoryUsed: Int?
    var didTimeOut = false

    static func start(_ requestId: String) -> String { "START RequestId: \(requestId) Version: $LATEST" }

    var end: String { "END RequestId: \(self.requestId)" }

    var report: String {
        let billed = (self.duration.nanoseconds + 999_999) / 1_000_000
        var line = "REPORT RequestId: \(self.requestId)\tDuration: \(Self.milliseconds(self.duration)) ms\tBilled Duration: \(billed) ms"
        line += "\tMemory Size: \(self.memory) MB"
        if let used = self.maximumMemoryUsed { line += "\tMax Memory Used: \(used) MB" }
        if let initDuration { line += "\tInit Duration: \(Self.milliseconds(initDuration)) ms" }
        if self.didTimeOut { line += "\tStatus: timeout" }
        return line
    }

    /// With two decimals, rounded down.
    static func milliseconds(_ amount: TimeAmount) -> String {
        let hundredths = max(0, amount.nanoseconds) / 10_000
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
