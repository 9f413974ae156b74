import ChatProtocol
import Testing

/// Frames that were right before somebody changed them: nothing may crash, and what is read must survive being written.
struct MutationTests {
    static let iterations = 15_000

    @Test(arguments: [1, 2])
    func requests(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let mutator = Mutator(seeds: Samples.requests.map { $0.encoded() }.filter { $0.count < 2000 } + [Self.crowdedRequest])
        var read = 0
        for _ in 0..<Self.iterations {
            let frame = mutator.next(using: &generator)
            guard let request = try? ChatRequest(decoding: frame) else { continue }
            read += 1
            guard (try? ChatRequest(decoding: request.encoded())) == request else {
                Issue.record("read, but not written so that it is read again: \(String(decoding: frame, as: UTF8.self))")
                return
            }
        }
        // Else the mutations were so wild that the test says nothing.
        #expect(read > Self.iterations / 20)
    }

    @Test(arguments: [3, 4])
    func events(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let mutator = Mutator(seeds: Samples.events.map { $0.encoded() }.filter { $0.count < 2000 } + [Self.crowdedEvent])
        var read = 0
        for _ in 0..<Self.iterations {
            let frame = mutator.next(using: &generator)
            guard let event = try? ChatEvent(decoding: frame) else { continue }
            read += 1
            guard (try? ChatEvent(decoding: event.encoded())) == event else {
                Issue.record("read, but not written so that it is read again: \(String(decoding: frame, as: UTF8.self))")
                return
            }
        }
        #expect(read > Self.iterations / 20)
    }

    private static let crowdedRequest = Array(
        #"{"x":[{"a":-1.5e+3},null,"\uD83D\uDE00"],"action":"history","ref":"1","before":5,"after":-7,"limit":10,"room":"\u0061\n"}"#.utf8)
    private static let crowdedEvent = Array(
        (#"{"x":{"type":"y"},"type":"history","ref":"1","room":"a","messages":[{"room":"a","sequence":1,"messageId":"m","sender":{"id":"s","z":[],"name":"n"},"#
            + #""message":"t\u0000","sentAt":"2026-11-24T07:00:00.123456Z","edited":[1,{}]}],"hasMore":true}"#).utf8)
}

/// Makes frames by changing others a little, with bytes that mean something in JSON.
private struct Mutator {
    let seeds: [[UInt8]]
    private static let bytes: [UInt8] = Array(#"{}[]":,\/u0123456789.+-eEtrfalsn \#n"#.utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC3, 0xED, 0xFF]
    private static let words = [
        "null", "true", "false", "1e5", "-0", "9223372036854775808", "-9223372036854775808", #""\uD800""#, #""\u0000""#, "{}", "[]",
        #""x":1,"#,
        #""type":"pong","#, #""action":"ping","#, #""ref":1,"#, #""2026-11-24T07:00:00.123456Z""#, #""0000-01-01T00:00:00Z""#, "[[[[", "é",
    ].map { Array($0.utf8) }

    func next(using generator: inout SplitMix64) -> [UInt8] {
        var frame = self.seeds[Int.random(in: 0..<self.seeds.count, using: &generator)]
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let position = Int.random(in: 0...frame.count, using: &generator)
            let end = min(frame.count, position + Int.random(in: 1...8, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: frame.removeSubrange(position..<end)
            case 1: frame.insert(Self.bytes[Int.random(in: 0..<Self.bytes.count, using: &generator)], at: position)
            case 2 where position < frame.count:
                frame[position] = Self.bytes[Int.random(in: 0..<Self.bytes.count, using: &generator)]
            case 3: frame.insert(contentsOf: Self.words[Int.random(in: 0..<Self.words.count, using: &generator)], at: position)
            case 4: frame.insert(contentsOf: frame[position..<end], at: Int.random(in: 0...frame.count, using: &generator))
            default: frame.replaceSubrange(position..<end, with: Self.words[Int.random(in: 0..<Self.words.count, using: &generator)])
            }
        }
        return frame
    }
}
