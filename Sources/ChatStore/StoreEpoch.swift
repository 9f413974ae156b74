/// Names the life of a store: rooms that are numbered anew, because a store was lost, have another epoch.
package enum StoreEpoch {
    package static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let hexadecimal = String(generator.next() as UInt64, radix: 16)
        return String(repeating: "0", count: 16 - hexadecimal.count) + hexadecimal
    }
}
