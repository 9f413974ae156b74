import NIOCore

/// What waits for a time, the earliest first: a binary heap whose elements know their place, so that one can be moved or taken out.
struct DeadlineQueue {
    typealias Element = LoopConnection

    private struct Entry {
        var deadline: NIODeadline
        var element: Element
    }

    private var heap: [Entry] = []

    var earliest: NIODeadline? { self.heap.first?.deadline }

    var count: Int { self.heap.count }

    /// Puts an element in, or moves it to another time.
    mutating func schedule(_ element: Element, at deadline: NIODeadline) {
        let place = element.placeInDeadlineQueue
        guard place >= 0 else {
            self.heap.append(Entry(deadline: deadline, element: element))
            element.placeInDeadlineQueue = self.heap.count - 1
            return self.siftUp(self.heap.count - 1)
        }
        let earlier = deadline < self.heap[place].deadline
        self.heap[place].deadline = deadline
        if earlier { self.siftUp(place) } else { self.siftDown(place) }
    }

    mutating func remove(_ element: Element) {
        let place = element.placeInDeadlineQueue
        guard place >= 0 else { return }
        element.placeInDeadlineQueue = -1
        let last = self.heap.removeLast()
        guard place < self.heap.count else { return }
        self.put(last, at: place)
        self.siftUp(place)
        self.siftDown(last.element.placeInDeadlineQueue)
    }

    /// Takes out the earliest element whose time has come.
    mutating func popDue(now: NIODeadline) -> Element? {
        guard let first = self.heap.first, first.deadline <= now else { return nil }
        self.remove(first.element)
        return first.element
    }

    func deadline(of element: Element) -> NIODeadline? {
        element.placeInDeadlineQueue >= 0 ? self.heap[element.placeInDeadlineQueue].deadline : nil
    }

    private mutating func put(_ entry: Entry, at place: Int) {
        self.heap[place] = entry
        entry.element.placeInDeadlineQueue = place
    }

    private mutating func siftUp(_ start: Int) {
        var place = start
        let entry = self.heap[place]
        while place > 0 {
            let parent = (place - 1) / 2
            guard entry.deadline < self.heap[parent].deadline else { break }
            self.put(self.heap[parent], at: place)
            place = parent
        }
        self.put(entry, at: place)
    }

    private mutating func siftDown(_ start: Int) {
        var place = start
        let entry = self.heap[place]
        while true {
            var child = 2 * place + 1
            guard child < self.heap.count else { break }
            if child + 1 < self.heap.count, self.heap[child + 1].deadline < self.heap[child].deadline { child += 1 }
            guard self.heap[child].deadline < entry.deadline else { break }
            self.put(self.heap[child], at: place)
            place = child
        }
        self.put(entry, at: place)
    }
}
