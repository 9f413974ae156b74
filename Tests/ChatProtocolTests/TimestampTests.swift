import ChatProtocol
import Testing

struct TimestampTests {
    /// Each with its milliseconds as `date -u -d TEXT +%s` gives them.
    static let known: [(String, Int64)] = [
        ("1970-01-01T00:00:00.000Z", 0), ("1970-01-01T00:00:00.001Z", 1), ("1969-12-31T23:59:59.999Z", -1),
        (
            "1969-12-31T00:00:00.000Z",
            -86_400_000
        ),
        ("2000-02-29T12:00:00.000Z", 951_825_600_000), ("2000-03-01T00:00:00.000Z", 951_868_800_000),
        (
            "2024-02-29T23:59:59.999Z",
            1_709_251_199_999
        ),
        ("1900-02-28T00:00:00.000Z", -2_203_977_600_000), ("1900-03-01T00:00:00.000Z", -2_203_891_200_000),
        ("2026-11-24T07:00:00.123Z", 1_795_503_600_123), ("2100-03-01T00:00:00.000Z", 4_107_542_400_000),
        (
            "2038-01-19T03:14:08.000Z",
            2_147_483_648_000
        ),
        ("0001-01-01T00:00:00.000Z", -62_135_596_800_000), ("0000-01-01T00:00:00.000Z", -62_167_219_200_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ]

    @Test(arguments: known)
    func isWrittenAndRead(_ text: String, _ milliseconds: Int64) {
        #expect(Timestamp(text)?.millisecondsSinceEpoch == milliseconds)
        #expect(Timestamp(millisecondsSinceEpoch: milliseconds).description == text)
    }

    @Test(
        arguments: [
            ("2026-11-24T07:00:00Z", 0), ("2026-11-24T07:00:00.1Z", 100), ("2026-11-24T07:00:00.12Z", 120),
            ("2026-11-24T07:00:00.123Z", 123),
            ("2026-11-24T07:00:00.1239Z", 123), ("2026-11-24T07:00:00.12345Z", 123), ("2026-11-24T07:00:00.123456Z", 123),
            ("2026-11-24T07:00:00.0009999Z", 0), ("2026-11-24T07:00:00.12345678Z", 123), ("2026-11-24T07:00:00.999999999Z", 999),
        ] as [(String, Int64)])
    func readsZeroToNineDecimals(_ text: String, _ milliseconds: Int64) throws {
        #expect(try #require(Timestamp(text)).millisecondsSinceEpoch == 1_795_503_600_000 + milliseconds)
    }

    @Test(arguments: [
        "", "Z", "2026-11-24", "2026-11-24T07:00:00", "2026-11-24T07:00:00.Z", "2026-11-24T07:00:00.1234567890Z",
        "2026-11-24T07:00:00+00:00",
        "2026-11-24t07:00:00Z", "2026-11-24T07:00:00z", "2026-11-24 07:00:00Z", "2026/11/24T07:00:00Z", "2026-11-24T07.00.00Z",
        "2026-11-24T07:00:00,123Z",
        "2026-00-24T07:00:00Z", "2026-13-24T07:00:00Z", "2026-11-00T07:00:00Z", "2026-11-32T07:00:00Z", "2026-11-24T24:00:00Z",
        "2026-11-24T07:60:00Z",
        "2026-11-24T07:00:60Z", "-026-11-24T07:00:00Z", "+026-11-24T07:00:00Z", "2026-1 -24T07:00:00Z", "2026-11-24T07:00:0٣Z",
        "2026-11-24T07:00:00.1eZ",
        "12026-11-24T07:00:00Z", "2026-11-24T07:00:00.123ZZ", " 2026-11-24T07:00:00Z",
    ])
    func refusesOtherForms(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(arguments: [
        "2026-02-29", "2100-02-29", "1900-02-29", "2000-02-30", "2024-02-30", "2026-04-31", "2026-06-31", "2026-09-31", "2026-11-31",
        "2026-02-31",
    ])
    func refusesDaysThatAMonthDoesNotHave(_ day: String) {
        #expect(Timestamp("\(day)T00:00:00Z") == nil)
    }

    @Test(arguments: ["2024-02-29", "2000-02-29", "0000-02-29", "2026-01-31", "2026-04-30", "2026-12-31"])
    func readsTheLastDayOfAMonth(_ day: String) {
        #expect(Timestamp("\(day)T00:00:00Z")?.description == "\(day)T00:00:00.000Z")
    }

    /// A day at a time through more than one cycle of 400 years of the Gregorian calendar.
    @Test func everyDayIsReadAsItIsWritten() throws {
        var previous = ""
        for day in Int64(-40_000)..<110_000 {
            let timestamp = Timestamp(millisecondsSinceEpoch: day * 86_400_000 + 43_200_000)
            let text = timestamp.description
            guard Timestamp(text) == timestamp, text > previous else {
                Issue.record("\(text) is not read as it was written")
                return
            }
            previous = text
        }
    }

    @Test(arguments: [
        (Int64.min, "0000-01-01T00:00:00.000Z"), (Int64.max, "9999-12-31T23:59:59.999Z"), (-62_167_219_200_001, "0000-01-01T00:00:00.000Z"),
    ])
    func whatTheFormCannotWriteIsWrittenAsTheNearest(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(millisecondsSinceEpoch: milliseconds).description == text)
    }

    @Test func isOrderedByTime() {
        #expect(Timestamp(millisecondsSinceEpoch: -2) < Timestamp(millisecondsSinceEpoch: 1))
        #expect(!(Timestamp(millisecondsSinceEpoch: 1) < Timestamp(millisecondsSinceEpoch: 1)))
    }
}
