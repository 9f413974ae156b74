import ChatProtocol
import NIOCore

/// Messages of a room as its members are sent them, the same in every run: several senders, words in no order.
///
/// Together they are longer than two windows of a compression that takes over its context. So who goes through them again and again
/// never finds one whole among those before it.
enum SampleMessages {
    private static let count = 256
    private static let textBytes = 128

    static let payloads: [ByteBuffer] = {
        var random = RepeatableRandom()
        return (0..<Self.count).map { ByteBuffer(bytes: Self.event($0, using: &random).encoded()) }
    }()

    private static func event(_ index: Int, using random: inout RepeatableRandom) -> ChatEvent {
        let sender = Int.random(in: Self.names.indices, using: &random)
        let identifier = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        return ChatEvent(
            .message(
                ChatMessage(
                    room: "general", sequence: Int64(123_456 + index), messageId: Hexadecimal.encode(identifier),
                    sender: ChatMessage.Sender(id: "b3f1c1de-6a0e-4f37-a0d5-6a1c9c1d\(1000 + sender)", name: Self.names[sender]),
                    message: Self.text(using: &random),
                    sentAt: Timestamp(millisecondsSinceEpoch: 1_764_000_000_000 + Int64(index) * 1234))))
    }

    private static func text(using random: inout RepeatableRandom) -> String {
        var text = ""
        while text.utf8.count < Self.textBytes {
            text += Self.words[Int.random(in: Self.words.indices, using: &random)]
            text += " "
        }
        return String(text.prefix(Self.textBytes))
    }

    private static let names = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"]

    private static let words: [String] = """
        the be to of and a in that have I it for not on with he as you do at this but his by from they we say her she or an will my one \
        all would there their what so up out if about who get which go me when make can like time no just him know take people into \
        year your good some could them see other than then now look only come its over think also back after use two how our work \
        first well way even new want because any these give day most us tomorrow meeting lunch train station weather photo ticket
        """.split(separator: " ").map(String.init)
}

/// Numbers that look random and are the same in every run (SplitMix64).
private struct RepeatableRandom: RandomNumberGenerator {
    private var state: UInt64 = 0

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var number = self.state
        number = (number ^ number >> 30) &* 0xbf58_476d_1ce4_e5b9
        number = (number ^ number >> 27) &* 0x94d0_49bb_1331_11eb
        return number ^ number >> 31
    }
}
