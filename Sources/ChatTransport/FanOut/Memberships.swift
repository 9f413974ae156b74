/// The groups that a connection is in: mostly one, which takes no memory of its own.
struct Memberships: RandomAccessCollection, MutableCollection {
    typealias Element = WebSocketHandler.Membership

    private var first: Element?
    private var others: [Element] = []

    var startIndex: Int { 0 }
    var endIndex: Int { self.first == nil ? 0 : self.others.count + 1 }

    subscript(index: Int) -> Element {
        get {
            guard index == 0, let first else { return self.others[index - 1] }
            return first
        }
        set { if index == 0 { self.first = newValue } else { self.others[index - 1] = newValue } }
    }

    mutating func append(_ membership: Element) {
        if self.first == nil { self.first = membership } else { self.others.append(membership) }
    }

    mutating func remove(at index: Int) -> Element {
        let removed = self[index]
        if index > 0 { self.others.remove(at: index - 1) } else { self.first = self.others.popLast() }
        return removed
    }

    mutating func removeAll() {
        self.first = nil
        self.others = []
    }
}
