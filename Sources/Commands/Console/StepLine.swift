// SPDX-License-Identifier: Apache-2.0

import Core

/// A step as one line of text.
package enum StepLine {
    /// The line of a running step on a terminal with `width` columns; the last column stays empty, so that no terminal
    /// wraps. On a narrow terminal the least important parts are left out.
    package static func bar(_ step: StepState, now: Duration, width: Int, colour: Bool = false) -> String {
        let room = width - 1
        let name = step.name.truncated(to: max(8, room / 3))
        var facts = self.facts(step, now: now)
        while facts.count > 1, length(name, facts) > room { facts.removeLast() }
        let space = room - length(name, facts) - 4
        guard let fraction = step.fraction, space >= 6 else {
            return ([name] + facts).joined(separator: "  ").truncated(to: room)
        }
        let cells = min(space, 40)
        let full = Int(fraction * Double(cells))
        let bar =
            TextStyle.good.paint(String(repeating: "━", count: full), colour: colour)
            + TextStyle.faint.paint(String(repeating: "─", count: cells - full), colour: colour)
        return ([name, bar] + facts).joined(separator: "  ")
    }

    /// The line of a running step in a log: "Fetch: 45 %, 87 MB of 193 MB".
    package static func plain(_ step: StepState) -> String {
        let percent = step.fraction.map { "\(Int($0 * 100)) %, " } ?? ""
        return "\(step.name): \(percent)\(amount(step))"
    }

    /// The first line of a step in a log.
    package static func beginning(_ step: StepState) -> String {
        guard let total = step.total, total > 0 else { return "\(step.name) …" }
        return "\(step.name) (\(QuantityText.count(total, step.unit))) …"
    }

    /// The final line of a finished step.
    package static func end(_ step: StepState, summary: String, now: Duration) -> String {
        let time = QuantityText.time(now - step.began)
        return summary.isEmpty ? "\(step.name): \(time)" : "\(step.name): \(summary.sanitized) (\(time))"
    }

    private static func length(_ name: String, _ facts: [String]) -> Int {
        name.count + facts.reduce(0) { $0 + $1.count + 2 }
    }

    private static func amount(_ step: StepState) -> String {
        let done = QuantityText.count(step.done, step.unit)
        return step.total.map { "\(done) of \(QuantityText.count($0, step.unit))" } ?? done
    }

    /// The facts, the most important first; padded so that the text does not jump.
    private static func facts(_ step: StepState, now: Duration) -> [String] {
        var facts = step.fraction.map { ["\(Int($0 * 100))%".padded(to: 4, right: true)] } ?? []
        facts.append(amount(step))
        if step.unit == .bytes, let rate = step.rate(now: now) {
            facts.append("\(ByteSize(UInt64(min(rate, 1e15))))/s")
        }
        if let left = step.timeLeft(now: now) { facts.append("\(QuantityText.time(left)) left") }
        return facts
    }
}
