import Testing

@testable import ChatAWS

struct StoreKeyTests {
    @Test func ordinaryNamesCanBeRead() {
        #expect(StoreKey.partition("room", "general") == "room#general")
        #expect(StoreKey.sort("connection", "XDmENcnwIE0CFEQ=") == "connection#XDmENcnwIE0CFEQ=")
        #expect(StoreKey.partition("room", "") == "room#")
    }

    @Test(arguments: [0, 1, 899, 900, 901, 2042, 2043, 2044, 16_384], ["x", "é", "👩‍👩‍👧‍👦"])
    func noKeyIsTooLong(_ count: Int, _ character: String) {
        let name = String(repeating: character, count: count)
        #expect(StoreKey.partition("room", name).utf8.count <= StoreKey.maximumPartitionBytes)
        #expect(StoreKey.sort("connection", name).utf8.count <= StoreKey.maximumSortBytes)
    }

    @Test func differentNamesHaveDifferentKeys() {
        let long = String(repeating: "x", count: 3000)
        var names = ["é", "e\u{301}", "", "\u{0}", long, long + "y", "y" + long, String(repeating: "x", count: 900)]
        // What a long name's key looks like is a name, too.
        names += [String(StoreKey.partition("room", long).dropFirst(5)), String(StoreKey.sort("room", long).dropFirst(5))]
        for key in [StoreKey.partition, StoreKey.sort] as [(String, String) -> String] {
            let keys = names.map { Array(key("room", $0).utf8) }
            #expect(Set(keys).count == names.count)
        }
    }

    @Test func sortKeysAreInTheOrderOfTheNames() {
        let names = ["", "\u{0}", "A", "a", "aa", "b", "é", "\u{FEFF}", "\u{10FFFF}"]
        let keys = names.map { Array(StoreKey.sort("connection", $0).utf8) }
        for (lower, higher) in zip(keys, keys.dropFirst()) { #expect(lower.lexicographicallyPrecedes(higher)) }
        let long = String(repeating: "m", count: 1000)
        #expect(StoreKey.sort("c", "l") < StoreKey.sort("c", long))
        #expect(StoreKey.sort("c", long) < StoreKey.sort("c", "n"))
    }

    @Test func digestsTellWhereANameEnds() {
        #expect(StoreKey.digest(["ab", "c"]) != StoreKey.digest(["a", "bc"]))
        #expect(StoreKey.digest(["a", ""]) != StoreKey.digest(["a"]))
        #expect(StoreKey.digest(["a"]).utf8.count == 64)
    }

    @Test func integersSortAsText() {
        let values: [Int64] = [.min, .min + 1, -1000, -1, 0, 1, 9, 10, 1000, .max - 1, .max]
        let texts = values.map { StoreKey.sortable($0) }
        #expect(texts == texts.sorted())
        #expect(Set(texts).count == values.count)
        #expect(texts.allSatisfy { $0.utf8.count == 16 })
    }
}
