import ChatAuth
import ChatProtocol
import Testing

struct ClaimTimestampTests {
    /// As `LC_ALL=C date -u "+%a %b %-d %H:%M:%S UTC %Y"` writes them.
    @Test(arguments: [
        ("2017-04-05T22:42:34Z", "Wed Apr 5 22:42:34 UTC 2017"), ("2017-04-15T02:04:09Z", "Sat Apr 15 02:04:09 UTC 2017"),
        ("2024-02-29T23:59:59.999Z", "Thu Feb 29 23:59:59 UTC 2024"), ("2026-01-01T00:00:00Z", "Thu Jan 1 00:00:00 UTC 2026"),
        ("2026-11-24T07:00:00Z", "Tue Nov 24 07:00:00 UTC 2026"), ("2026-12-31T12:00:00Z", "Thu Dec 31 12:00:00 UTC 2026"),
        ("1970-01-01T00:00:00Z", "Thu Jan 1 00:00:00 UTC 1970"), ("1969-12-31T23:59:59Z", "Wed Dec 31 23:59:59 UTC 1969"),
        ("1969-12-28T00:00:00Z", "Sun Dec 28 00:00:00 UTC 1969"),
    ])
    func isWrittenAsCognitoReadsIt(_ time: String, _ expected: String) throws {
        #expect(ClaimTimestamp.format(try #require(Timestamp(time))) == expected)
    }
}
