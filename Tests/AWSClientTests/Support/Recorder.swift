import Synchronization

/// A list that several tasks add to.
final class Recorder<Element: Sendable>: Sendable {
    private let items = Mutex<[Element]>([])

    var all: [Element] { self.items.withLock { $0 } }

    func add(_ item: Element) { self.items.withLock { $0.append(item) } }
}
