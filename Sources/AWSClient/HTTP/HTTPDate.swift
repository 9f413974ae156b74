import ChatProtocol

/// The date of an HTTP header, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7, the form that senders must use).
enum HTTPDate {
    /// - Returns: nil if it is of another form. The name of the day is not held against the date.
    static func timestamp(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard bytes.count == 29, bytes[3] == UInt8(ascii: ","), bytes[4] == 0x20, bytes[7] == 0x20, bytes[11] == 0x20, bytes[16] == 0x20,
            bytes[25...].elementsEqual(" GMT".utf8)
        else { return nil }
        func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard let index = months.firstIndex(of: part(8..<11)) else { return nil }
        let month = index < 9 ? "0\(index + 1)" : "\(index + 1)"
        return Timestamp("\(part(12..<16))-\(month)-\(part(5..<7))T\(part(17..<25))Z")
    }
}
