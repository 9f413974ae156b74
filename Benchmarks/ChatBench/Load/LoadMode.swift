import Foundation

/// When the next message goes.
enum LoadMode: Codable, Hashable, CustomStringConvertible {
    /// A closed loop: so many messages are under way, the next goes when everybody has the oldest.
    case window(messages: Int)
    /// Messages a second at fixed times, whether or not the server keeps up.
    case rate(perSecond: Double)

    var description: String {
        switch self {
        case .window(let count): count == 1 ? "1 under way" : "\(count) under way"
        case .rate(let rate): "\(rate.formatted(.number.grouping(.never))) a second"
        }
    }

    var arguments: [String] {
        switch self {
        case .window(let count): ["--window", "\(count)"]
        case .rate(let rate): ["--rate", "\(rate)"]
        }
    }
}
