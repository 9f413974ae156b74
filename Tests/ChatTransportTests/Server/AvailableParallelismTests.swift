import NIOCore
import Testing

@testable import ChatTransport

struct AvailableParallelismTests {
    @Test(arguments: [
        ("Cpus_allowed:\t3\nCpus_allowed_list:\t0-1", 2),
        ("Name:\tchat\nCpus_allowed:\t00000000,0000f001", 5),
        ("Cpus_allowed:\tff,FFFFFFFF\n", 40),
    ])
    func theMaskSaysHowManyProcessorsAreAllowed(_ status: String, _ count: Int) {
        #expect(AvailableParallelism.allowedProcessors(inStatus: status) == count)
    }

    @Test(arguments: ["", "Name:\tchat", "Cpus_allowed_list:\t0-1", "Cpus_allowed:\t0", "Cpus_allowed:"])
    func whatSaysNothingIsNotHeeded(_ status: String) {
        #expect(AvailableParallelism.allowedProcessors(inStatus: status) == nil)
    }

    @Test func itIsNeverMoreThanTheMachineHas() {
        #expect(1...System.coreCount ~= AvailableParallelism.current)
    }
}
