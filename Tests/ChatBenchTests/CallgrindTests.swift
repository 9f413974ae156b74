import Testing

@testable import chat_bench

/// What is read of callgrind's output.
struct CallgrindTests {
    /// A name stands where it is of first use only, here or in the line of a call; later there is its number.
    @Test func countsCallsOfAllocators() {
        let count = Callgrind.parse(
            """
            version: 1
            events: Ir
            fn=(1) main
            16 400
            cfn=(2) malloc
            calls=3 50
            16 400
            cfn=(3) free
            calls=9 60
            16 100
            fn=(2)
            20 700
            cfn=(4) calloc
            calls=2 70
            fn=(5) other
            cfn=(2)
            calls=5 50
            totals: 123456
            """)
        #expect(count.instructions == 123_456)
        #expect(count.allocations == 10)
    }

    @Test(arguments: ["", "no callgrind at all", "fn=\ncfn=\ncalls=\ntotals:"]) func whatIsNotItsOutput(_ text: String) {
        let count = Callgrind.parse(text)
        #expect(count.instructions == 0)
        #expect(count.allocations == 0)
    }
}
