/// Panels of horizontal bars below one another, each with an axis of its own.
struct BarChart {
    struct Bar {
        var label: String
        var value: Double
        var isHighlighted: Bool
    }

    struct Panel {
        var title: String
        var unit: String
        var bars: [Bar]
    }

    private static let width = 760.0
    private static let left = 190.0
    private static let right = 70.0
    private static let barHeight = 18.0
    private static let barGap = 6.0
    private static let grid = "#d8dee4"
    private static let quiet = "#59636e"

    var title: String
    var subtitle: String
    var panels: [Panel]

    var svg: String {
        func height(_ panel: Panel) -> Double { Double(panel.bars.count) * (Self.barHeight + Self.barGap) + 74 }
        var drawing = SVGDrawing(width: Self.width, height: 64 + self.panels.reduce(0) { $0 + height($1) })
        drawing.text(self.title, x: 16, y: 26, size: 16, isBold: true)
        drawing.text(self.subtitle, x: 16, y: 44, size: 11, color: Self.quiet)
        var top = 64.0
        for panel in self.panels {
            self.draw(panel, at: top, in: &drawing)
            top += height(panel)
        }
        return drawing.description
    }

    private func draw(_ panel: Panel, at top: Double, in drawing: inout SVGDrawing) {
        let axis = ChartAxis(greatest: panel.bars.map(\.value).max() ?? 0)
        let plot = Self.width - Self.left - Self.right
        let (first, last) = (top + 24, top + 24 + Double(panel.bars.count) * (Self.barHeight + Self.barGap))
        drawing.text(panel.title, x: 16, y: top + 12, size: 13, isBold: true)
        for tick in axis.ticks {
            let x = Self.left + axis.position(tick) * plot
            drawing.line([(x, first), (x, last)], color: Self.grid)
            drawing.text(axis.label(tick), x: x, y: last + 14, size: 11, anchor: .middle, color: Self.quiet)
        }
        drawing.text(panel.unit, x: Self.left + plot / 2, y: last + 29, size: 11, anchor: .middle, color: Self.quiet)
        for (index, bar) in panel.bars.enumerated() {
            let y = first + Double(index) * (Self.barHeight + Self.barGap) + Self.barGap / 2
            let length = max(1, axis.position(bar.value) * plot)
            drawing.text(bar.label, x: Self.left - 8, y: y + 13, anchor: .end)
            drawing.rectangle(x: Self.left, y: y, width: length, height: Self.barHeight, color: bar.isHighlighted ? "#0969da" : "#9aa4af")
            drawing.text(Figure.short(bar.value), x: Self.left + length + 6, y: y + 13)
        }
    }
}
