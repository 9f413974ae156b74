import Testing

@testable import ChatProtocol

/// Nesting must cost a reader neither its stack nor its memory.
struct JSONDepthTests {
    static func nested(_ depth: Int, _ kind: Kind) -> [UInt8] {
        var text = ""
        var closing = ""
        for level in 0..<depth {
            let isObject = kind == .objects || (kind == .mixed && level % 2 == 0)
            text += isObject ? #"{"a":"# : "["
            closing.append(isObject ? "}" : "]")
        }
        return Array((text + "1" + String(closing.reversed())).utf8)
    }

    enum Kind: CaseIterable {
        case arrays, objects, mixed
    }

    @Test(arguments: Kind.allCases)
    func readsAsDeepAsItSays(_ kind: Kind) throws {
        let deepest = Self.nested(JSONReader.maximumDepth, kind)
        try reading(deepest) { try $0.skipValue() }
        let error = #expect(throws: JSONError.self) { try reading(Self.nested(JSONReader.maximumDepth + 1, kind)) { try $0.skipValue() } }
        #expect(error?.reason == .tooDeep)
    }

    /// An empty container at the limit counts as one level, and gives it back.
    @Test func levelsAreGivenBack() throws {
        let inner = String(repeating: "[],{},", count: 200) + "0"
        let text = String(repeating: "[", count: 63) + inner + String(repeating: "]", count: 63)
        try reading(text) { try $0.skipValue() }
    }

    @Test(arguments: Kind.allCases, [true, false])
    func tenThousandLevelsAreMalformed(_ kind: Kind, _ closed: Bool) {
        var deep = Self.nested(10_000, kind)
        if !closed { deep.removeLast(10_000) }
        let tail: [UInt8] = Array("}".utf8)
        let requests = [
            requestWithUnknownField(deep), Array(#"{"action":"sendMessage","message":"#.utf8) + deep + tail,
            Array(#"{"action":"history","limit":"#.utf8) + deep + tail, deep,
        ]
        for request in requests {
            let error = #expect(throws: ChatRequestError.self) { try ChatRequest(decoding: request) }
            #expect(error?.error.code == .malformedRequest)
        }
        let events = [
            Array(#"{"type":"pong","x":"#.utf8) + deep + tail, Array(#"{"type":"message","sender":{"x":"#.utf8) + deep + Array("}}".utf8),
            Array(#"{"type":"history","messages":[{"x":"#.utf8) + deep + Array("}]}".utf8),
            Array(#"{"type":"history","messages":["#.utf8) + deep + Array("]}".utf8), deep,
        ]
        for event in events {
            let error = #expect(throws: ChatError.self) { try ChatEvent(decoding: event) }
            #expect(error?.code == .malformedRequest)
        }
    }
}
