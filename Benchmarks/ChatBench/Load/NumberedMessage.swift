import Glibc

/// The messages of a run, as frames that differ in a number: the text is `@`, ten digits, a blank, and padding. JSON leaves it as it is.
///
/// The frame is made once. If a message took long to make, a server that joins what it reads in one turn would find fewer to join.
struct NumberedMessage {
    private static let digits = 10

    /// The frame with the number that was set last.
    private(set) var frame: [UInt8]
    private let place: Int
    private let maskAtPlace: [UInt8]

    init(prefix: String, size: Int, suffix: String) {
        let zeros = String(repeating: "0", count: Self.digits)
        let text = "@" + zeros + " " + String(repeating: "x", count: max(0, size - Self.digits - 2))
        let payload = Array((prefix + text + suffix).utf8)
        self.frame = ClientFrame.encode(opcode: 1, payload: payload)
        self.place = self.frame.count - payload.count + prefix.utf8.count + 1
        self.maskAtPlace = self.frame[self.place..<self.place + Self.digits].map { $0 ^ UInt8(ascii: "0") }
    }

    mutating func set(_ number: Int) {
        var rest = number
        for index in (0..<Self.digits).reversed() {
            self.frame[self.place + index] = (UInt8(ascii: "0") + UInt8(rest % 10)) ^ self.maskAtPlace[index]
            rest /= 10
        }
    }

    /// The number of the message that a payload carries, or nil if it is another kind of frame.
    @inline(__always)
    static func number(in bytes: UnsafeRawBufferPointer, _ payload: Range<Int>) -> Int? {
        guard let base = bytes.baseAddress, let mark = memchr(base + payload.lowerBound, 0x40, payload.count) else { return nil }
        let first = UnsafeRawPointer(mark) - base + 1
        guard first + Self.digits < payload.upperBound else { return nil }
        var number = 0
        for index in first..<first + Self.digits {
            let digit = bytes[index] &- 0x30
            guard digit < 10 else { return nil }
            number = number &* 10 &+ Int(digit)
        }
        return number
    }
}
