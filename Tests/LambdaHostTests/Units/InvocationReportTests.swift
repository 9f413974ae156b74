import NIOCore
import Testing

@testable import LambdaHost

struct InvocationReportTests {
    @Test func isWhatCloudWatchShows() {
        var report = InvocationReport(
            requestId: "r", duration: .microseconds(1239), initDuration: .milliseconds(120), memory: 128, maximumMemoryUsed: 33)
        #expect(
            report.report
                == "REPORT RequestId: r\tDuration: 1.23 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 33 MB\tInit Duration: 120.00 ms"
        )
        report.initDuration = nil
        report.maximumMemoryUsed = nil
        report.didTimeOut = true
        #expect(report.report == "REPORT RequestId: r\tDuration: 1.23 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tStatus: timeout")
        #expect(InvocationReport.start("r") == "START RequestId: r Version: $LATEST")
        #expect(report.end == "END RequestId: r")
    }

    @Test func memoryIsReadFromTheSystemsOwnText() {
        #expect(ProcessMemory.peak(inStatus: "Name:\tpython3\nVmPeak:\t  99999 kB\nVmHWM:\t   10241 kB\nVmRSS:\t 9 kB\n") == 11)
        #expect(ProcessMemory.peak(inStatus: "Name:\tgone\n") == nil)
    }

    @Test(
        arguments: [
            (#"{"errorMessage":"m","errorType":"T","stackTrace":["s"]}"#, "H", "T", "m"), (#"{"errorMessage":"m"}"#, "H", "H", "m"),
            ("no JSON", "H", "H", ""), ("", nil, "", ""), (#"{"errorMessage":1}"#, nil, "", ""),
        ] as [(String, String?, String, String)])
    func errorsAreReadWhateverTheyAre(body: String, header: String?, type: String, message: String) {
        let error = FunctionErrorBody(body: ByteBuffer(string: body), header: header)
        #expect(error.type == type && error.message == message)
    }

    @Test func whatAFunctionSaysOfItselfIsBounded() {
        let long = String(repeating: "x", count: 100_000)
        let error = FunctionErrorBody(body: ByteBuffer(string: #"{"errorMessage":"\#(long)","errorType":"\#(long)"}"#), header: nil)
        #expect(error.message.count == FunctionErrorBody.maximumMessageLength && error.type.count == FunctionErrorBody.maximumTypeLength)
    }
}
