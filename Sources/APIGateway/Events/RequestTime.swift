import ChatProtocol

/// A time as logs in the Common Log Format have it, always in UTC: `29/Nov/2023:08:04:01 +0000`.
///
/// Keeps what it made last, since a busy connection asks many times a second.
struct RequestTime: Sendable {
    private var second: Int64 = .min
    private(set) var text: [UInt8] = []

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    mutating func update(to time: Timestamp) {
        let second = time.millisecondsSinceEpoch / 1000
        guard second != self.second else { return }
        self.second = second
        let digits = Array(time.description.utf8)
        let month = Int(digits[5] - UInt8(ascii: "0")) * 10 + Int(digits[6] - UInt8(ascii: "0"))
        self.text.removeAll(keepingCapacity: true)
        self.text += digits[8..<10]
        self.text += "/\(Self.months[month - 1])/".utf8
        self.text += digits[0..<4]
        self.text.append(UInt8(ascii: ":"))
        self.text += digits[11..<19]
        self.text += " +0000".utf8
    }

    static func text(_ time: Timestamp) -> String {
        var requestTime = Self()
        requestTime.update(to: time)
        return String(decoding: requestTime.text, as: UTF8.self)
    }
}
