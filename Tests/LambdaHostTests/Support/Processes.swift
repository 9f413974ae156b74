import Foundation
import Testing

/// Named pipes on which scripted functions wait until a test releases them.
func withPipes(_ count: Int, _ body: ([String]) async throws -> Void) async throws {
    let paths = (0..<count).map { _ in
        FileManager.default.temporaryDirectory.appendingPathComponent("lambda-host-\(UUID().uuidString)").path
    }
    for path in paths { try #require(mkfifo(path, 0o600) == 0) }
    defer { for path in paths { unlink(path) } }
    try await body(paths)
}

/// Lets whoever reads the pipe go on. Somebody has to be reading it.
func release(_ pipe: String) throws {
    let descriptor = open(pipe, O_WRONLY | O_CLOEXEC)
    try #require(descriptor >= 0)
    close(descriptor)
}

/// Expects that a process that is no child of ours is gone, or is about to be: it ends a moment after the pipe that it kept open.
func expectGone(_ process: Int32) async throws {
    let clock = ContinuousClock()
    let limit = clock.now + .seconds(30)
    while isRunning(process) {
        try #require(clock.now < limit, "process \(process) is still there")
        await Task.yield()
    }
}

/// A dead process that nobody has waited for is not running.
private func isRunning(_ process: Int32) -> Bool {
    guard kill(process, 0) == 0 else { return false }
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
    return status.split(separator: ")").last?.split(separator: " ").first != "Z"
}

func closeDescriptor(_ descriptor: Int32) { close(descriptor) }
