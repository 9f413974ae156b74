import Foundation

/// An SVG picture on white, so that it can be read on a dark page too.
struct SVGDrawing: CustomStringConvertible {
    enum Anchor: String {
        case start, middle, end
    }

    private let width: Double
    private let height: Double
    private var elements: [String] = []

    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    mutating func text(
        _ text: String, x: Double, y: Double, size: Int = 12, anchor: Anchor = .start, color: String = "#1f2328", isBold: Bool = false
    ) {
        let escaped = text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
        let weight = isBold ? " font-weight=\"600\"" : ""
        self.elements.append(
            "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(size)\" text-anchor=\"\(anchor.rawValue)\" "
                + "fill=\"\(color)\"\(weight)>\(escaped)</text>")
    }

    mutating func rectangle(x: Double, y: Double, width: Double, height: Double, color: String) {
        self.elements.append(
            "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" height=\"\(Self.number(height))\" "
                + "fill=\"\(color)\"/>")
    }

    mutating func line(_ points: [(x: Double, y: Double)], color: String, width: Double = 1) {
        let list = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
        self.elements.append("<polyline points=\"\(list)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"\(Self.number(width))\"/>")
    }

    mutating func dot(x: Double, y: Double, color: String) {
        self.elements.append("<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"3\" fill=\"\(color)\"/>")
    }

    var description: String {
        let size = "\(Self.number(self.width)) \(Self.number(self.height))"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size)" width="\(Self.number(self.width))" \
            height="\(Self.number(self.height))" font-family="system-ui, 'DejaVu Sans', sans-serif">
            <rect width="100%" height="100%" fill="#ffffff"/>
            \(self.elements.joined(separator: "\n"))
            </svg>

            """
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(format: "%.1f", value)
    }
}
