public import ChatProtocol

/// `TIMESTAMP` of a password claim: `Wed Apr 5 22:42:34 UTC 2017`, English, in UTC, the day without a leading zero.
public enum ClaimTimestamp {
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Writes a point in time in the form that Cognito reads.
    public static func format(_ timestamp: Timestamp) -> String {
        // From `2017-04-05T22:42:34.000Z`.
        let text = Array(timestamp.description.utf8)
        func field(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        let month = Int(field(5..<7)) ?? 1
        let day = Int(field(8..<10)) ?? 1
        let days =
            (timestamp.millisecondsSinceEpoch - ((timestamp.millisecondsSinceEpoch % 86_400_000) + 86_400_000) % 86_400_000) / 86_400_000
        let weekday = self.weekdays[Int(((days + 4) % 7 + 7) % 7)]  // 1970-01-01 was a Thursday.
        return "\(weekday) \(self.months[month - 1]) \(day) \(field(11..<19)) UTC \(field(0..<4))"
    }
}
