/// Reads a route selection expression.
struct RouteSelectionParser {
    private let characters: [Character]
    private var index = 0

    init(_ text: String) { self.characters = Array(text) }

    mutating func parse() throws(RouteSelectionError) -> [RouteSelectionExpression.Part] {
        var parts: [RouteSelectionExpression.Part] = []
        var text = ""
        while let character = self.next {
            switch character {
            case "\\" where self.character(at: self.index + 1) == "$":
                text.append("$")
                self.index += 2
            case "$":
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                self.index += 1
                let isBraced = self.take("{")
                parts.append(.path(try self.path()))
                if isBraced, !self.take("}") { throw self.error("'}' expected") }
                if !isBraced, self.next != nil {
                    throw self.error("a path that something follows stands in '${…}'")
                }
            default:
                text.append(character)
                self.index += 1
            }
        }
        if !text.isEmpty { parts.append(.text(text)) }
        return parts
    }

    private mutating func path() throws(RouteSelectionError) -> [RouteSelectionExpression.Step] {
        for word in ["request", ".", "body"] where !self.take(word) { throw self.error("only request.body can be referred to") }
        var steps: [RouteSelectionExpression.Step] = []
        while true {
            if self.take(".") {
                steps.append(.member(try self.name()))
            } else if self.take("[") {
                steps.append(.element(try self.place()))
            } else if steps.isEmpty {
                throw self.error("'.' and a name expected")
            } else {
                return steps
            }
        }
    }

    private mutating func name() throws(RouteSelectionError) -> String {
        var name = ""
        while let character = self.next, character.isLetter || character.isNumber || character == "_" || character == "-" {
            name.append(character)
            self.index += 1
        }
        guard !name.isEmpty else { throw self.error("a name expected") }
        return name
    }

    private mutating func place() throws(RouteSelectionError) -> Int {
        var digits = ""
        while let character = self.next, character.isASCII, character.isWholeNumber {
            digits.append(character)
            self.index += 1
        }
        guard digits.count <= 6, let place = Int(digits), self.take("]") else {
            throw self.error("a number of at most six digits and ']' expected")
        }
        return place
    }

    private var next: Character? { self.character(at: self.index) }

    private func character(at index: Int) -> Character? { index < self.characters.count ? self.characters[index] : nil }

    private mutating func take(_ word: String) -> Bool {
        guard self.characters[self.index...].starts(with: word) else { return false }
        self.index += word.count
        return true
    }

    private func error(_ message: String) -> RouteSelectionError {
        RouteSelectionError("route selection expression, character \(self.index + 1): \(message)")
    }
}
