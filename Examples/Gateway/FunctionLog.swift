import Foundation
import LambdaHost

/// Shows what functions write, and what the host says of them, on standard error.
enum FunctionLog {
    static func write(_ line: LambdaLogLine) {
        let request = line.requestId.map { " \($0)" } ?? ""
        // One write a line, so that lines of several event loops do not mix.
        FileHandle.standardError.write(Data("[\(line.function)#\(line.process)\(request)] \(line.text)\n".utf8))
    }
}
