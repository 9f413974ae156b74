/// What to do, from the command line.
enum Arguments {
    struct Run {
        var seconds: Int?
        var executions: Int?
        var seed: UInt64
    }

    case run(Run)
    case replay([UInt8])
    case minimize([UInt8])
    case corpus(folder: String, count: Int, seed: UInt64)
    case libFuzzer([String])

    static let usage = """
        chat-fuzz [--seconds N | --executions N] [--seed S]   runs generated cases; exit status 1 on a finding
        chat-fuzz --replay HEX                                runs one case
        chat-fuzz --minimize HEX                              makes a case that fails or crashes smaller
        chat-fuzz --corpus FOLDER [--executions N] [--seed S] writes generated cases as files
        chat-fuzz --libfuzzer ARGUMENT…                       hands over to libFuzzer, where it is linked

        """

    /// Nil if they make no sense.
    init?(_ arguments: [String]) {
        if arguments.first == "--libfuzzer" {
            self = .libFuzzer(Array(arguments.dropFirst()))
            return
        }
        guard arguments.count.isMultiple(of: 2) else { return nil }
        var values: [String: String] = [:]
        for index in stride(from: 0, to: arguments.count, by: 2) { values[arguments[index]] = arguments[index + 1] }
        func take<Value>(_ name: String, _ convert: (String) -> Value?) -> Value?? {
            guard let text = values.removeValue(forKey: name) else { return .some(nil) }
            return convert(text).map { .some($0) }
        }
        guard let seconds = take("--seconds", { Int($0) }), let executions = take("--executions", { Int($0) }),
            let seed = take("--seed", { UInt64($0) }), let replay = take("--replay", Hex.decode),
            let minimize = take("--minimize", Hex.decode),
            let corpus = take("--corpus", { $0 }), values.isEmpty
        else { return nil }
        let chosen = seed ?? UInt64.random(in: 1...0xFFFF_FFFF)
        if let replay {
            self = .replay(replay)
        } else if let minimize {
            self = .minimize(minimize)
        } else if let corpus {
            self = .corpus(folder: corpus, count: executions ?? 1000, seed: chosen)
        } else {
            self = .run(.init(seconds: seconds ?? (executions == nil ? 60 : nil), executions: executions, seed: chosen))
        }
    }
}
