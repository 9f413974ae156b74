/// Panels of lines over one x axis each, with a legend.
struct LineChart {
    struct Series {
        var label: String
        /// Which colour: a series keeps its own whatever else is shown.
        var color: Int
        var points: [(x: Double, y: Double)]
    }

    struct Panel {
        var title: String
        var unit: String
        var series: [Series]
    }

    private static let width = 760.0
    private static let left = 80.0
    private static let right = 170.0
    private static let plotHeight = 220.0
    private static let panelHeight = 310.0
    private static let grid = "#d8dee4"
    private static let quiet = "#59636e"
    // Apart in brightness too, for whoever cannot tell the colours.
    private static let colors = ["#0550ae", "#bf3989", "#1f2328", "#8c959f", "#1a7f37", "#d4721a", "#8250df", "#9a6700"]

    var title: String
    var subtitle: String
    var xUnit: String
    var panels: [Panel]

    var svg: String {
        var drawing = SVGDrawing(width: Self.width, height: 64 + Double(self.panels.count) * Self.panelHeight)
        drawing.text(self.title, x: 16, y: 26, size: 16, isBold: true)
        drawing.text(self.subtitle, x: 16, y: 44, size: 11, color: Self.quiet)
        for (index, panel) in self.panels.enumerated() { self.draw(panel, at: 64 + Double(index) * Self.panelHeight, in: &drawing) }
        return drawing.description
    }

    private func draw(_ panel: Panel, at top: Double, in drawing: inout SVGDrawing) {
        let points = panel.series.flatMap(\.points)
        let horizontal = ChartAxis(greatest: points.map(\.x).max() ?? 0)
        let vertical = ChartAxis(greatest: points.map(\.y).max() ?? 0)
        let plot = Self.width - Self.left - Self.right
        let (first, last) = (top + 28, top + 28 + Self.plotHeight)
        func x(_ value: Double) -> Double { Self.left + horizontal.position(value) * plot }
        func y(_ value: Double) -> Double { last - vertical.position(value) * Self.plotHeight }

        drawing.text("\(panel.title) (\(panel.unit))", x: 16, y: top + 12, size: 13, isBold: true)
        for tick in vertical.ticks {
            drawing.line([(Self.left, y(tick)), (Self.left + plot, y(tick))], color: Self.grid)
            drawing.text(vertical.label(tick), x: Self.left - 8, y: y(tick) + 4, size: 11, anchor: .end, color: Self.quiet)
        }
        for tick in horizontal.ticks {
            drawing.line([(x(tick), last), (x(tick), last + 4)], color: Self.grid)
            drawing.text(horizontal.label(tick), x: x(tick), y: last + 17, size: 11, anchor: .middle, color: Self.quiet)
        }
        drawing.text(self.xUnit, x: Self.left + plot / 2, y: last + 33, size: 11, anchor: .middle, color: Self.quiet)
        for (index, series) in panel.series.enumerated() {
            let color = Self.colors[series.color % Self.colors.count]
            drawing.line(series.points.map { (x($0.x), y($0.y)) }, color: color, width: 2)
            for point in series.points { drawing.dot(x: x(point.x), y: y(point.y), color: color) }
            let legend = first + 10 + Double(index) * 20
            drawing.rectangle(x: Self.left + plot + 20, y: legend - 5, width: 16, height: 4, color: color)
            drawing.text(series.label, x: Self.left + plot + 42, y: legend + 2)
        }
    }
}
