import Foundation
import Testing

@testable import ChatProtocol

struct JSONWriterTests {
    @Test(arguments: Samples.strings)
    func whatIsWrittenIsReadBack(_ text: String) throws {
        var writer = JSONWriter(reservingCapacity: 0)
        writer.string(text)
        let read = try reading(writer.bytes) { try $0.readString() }
        #expect(Array(read.utf8) == Array(text.utf8))
    }

    /// Another reader than ours must agree.
    @Test(arguments: Samples.strings)
    func foundationReadsItToo(_ text: String) throws {
        var writer = JSONWriter(reservingCapacity: 0)
        writer.beginArray()
        writer.string(text)
        writer.endArray()
        let read = try JSONDecoder().decode([String].self, from: Data(writer.bytes))
        #expect(read.first.map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test func escapesWhatHasToBeAndNothingElse() {
        var writer = JSONWriter(reservingCapacity: 0)
        writer.string("\u{0}\u{1F}\u{8}\t\n\u{C}\r\"\\/\u{7F}é\u{2028}")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\/\u{7F}é\u{2028}\"")
    }

    @Test func mindsTheCommas() {
        var writer = JSONWriter(reservingCapacity: 0)
        writer.beginObject()
        writer.member("a", "x")
        writer.member("b", Int64.min)
        writer.member("c", true)
        writer.member("d", ifPresent: nil)
        writer.name("e")
        writer.beginArray()
        writer.beginObject()
        writer.endObject()
        writer.beginObject()
        writer.member("f", false)
        writer.endObject()
        writer.beginArray()
        writer.endArray()
        writer.endArray()
        writer.member("g", ifPresent: "")
        writer.endObject()
        let expected = #"{"a":"x","b":-9223372036854775808,"c":true,"e":[{},{"f":false},[]],"g":""}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }
}
