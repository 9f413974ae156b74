import Foundation

/// Processor time and memory of processes, from `/proc`.
struct ProcessMeter {
    var processes: [Int32]

    /// Time on a processor since they started, all threads together, in nanoseconds.
    ///
    /// With loopback TCP the kernel's receive path runs inside the sender's `send`, so it is in the sender's time.
    func processorTime() -> UInt64 {
        self.processes.reduce(0) { sum, process in
            let tasks = "/proc/\(process)/task"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
            return names.reduce(sum) { sum, task in
                let text = (try? String(contentsOfFile: "\(tasks)/\(task)/schedstat", encoding: .utf8)) ?? ""
                return sum + (text.split(separator: " ").first.flatMap { UInt64($0) } ?? 0)
            }
        }
    }

    /// Resident memory, in bytes. What the kernel keeps for sockets is not in it.
    func residentBytes() -> Int {
        self.processes.reduce(0) { sum, process in
            let text = (try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)) ?? ""
            return sum + (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
        }
    }
}
