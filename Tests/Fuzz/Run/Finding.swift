/// Code under test broke a rule.
struct Finding: Error {
    /// Which rule; a smaller input is the same finding if it breaks the same.
    var rule: String
    var detail: String

    init(_ rule: String, _ detail: @autoclosure () -> String = "") {
        self.rule = rule
        self.detail = detail()
    }
}

/// Throws unless a rule holds.
func check(_ holds: Bool, _ rule: @autoclosure () -> String, _ detail: @autoclosure () -> String = "") throws(Finding) {
    guard !holds else { return }
    throw Finding(rule(), detail())
}
