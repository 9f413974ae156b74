import FoundationEssentials

/// What every process of a function has in common.
struct FunctionContext {
    let name: String
    let configuration: LambdaFunctionConfiguration
    let host: LambdaHostConfiguration
    let sink: LambdaLogSink
    /// The host's.
    let orphans: OrphanGuard
    /// `arn:aws:lambda:REGION:ACCOUNT:function:NAME`
    let arn: String
    /// Absolute.
    let taskRoot: String
    /// With the program as an absolute path, unless it is a name to look up.
    let command: [String]

    init(
        name: String, configuration: LambdaFunctionConfiguration, host: LambdaHostConfiguration, orphans: OrphanGuard,
        sink: @escaping LambdaLogSink
    ) {
        self.name = name
        self.configuration = configuration
        self.host = host
        self.sink = sink
        self.orphans = orphans
        self.arn = "arn:aws:lambda:\(host.region):\(host.accountId):function:\(name)"
        let current = FileManager.default.currentDirectoryPath
        let directory = configuration.workingDirectory ?? current
        self.taskRoot = directory.hasPrefix("/") ? directory : "\(current)/\(directory)"
        var command = configuration.command
        if let program = command.first, program.contains("/"), !program.hasPrefix("/") { command[0] = "\(self.taskRoot)/\(program)" }
        self.command = command
    }

    /// Milliseconds since the epoch.
    static func wallClock() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// `2026/11/25/[$LATEST]` and 32 hexadecimal digits, a name of its own for each process.
    static func logStream(at date: Date = Date()) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let day = calendar.dateComponents([.year, .month, .day], from: date)
        func padded(_ number: Int?) -> String { (number ?? 0) < 10 ? "0\(number ?? 0)" : "\(number ?? 0)" }
        let id = Invocation.randomId().filter { $0 != "-" }
        return "\(day.year ?? 0)/\(padded(day.month))/\(padded(day.day))/[$LATEST]\(id)"
    }
}
