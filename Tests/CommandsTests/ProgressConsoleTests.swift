// SPDX-License-Identifier: Apache-2.0

import Commands
import Core
import Synchronization
import Testing

/// A console with a clock that the test sets, and recorded output.
private final class Stage: Sendable {
    private let clock: Mutex<Duration> = Mutex(.zero)
    private let output: Mutex<String> = Mutex("")
    private let settings: ConsoleSettings

    init(
        _ mode: ProgressMode = .auto, _ verbosity: Verbosity = .normal, terminal: Bool = false, width: Int = 80,
        _ environment: [String: String] = ["TERM": "xterm", "NO_COLOR": "1"]
    ) {
        settings = ConsoleSettings(
            mode: mode, verbosity: verbosity, environment: environment, isTerminal: terminal, width: width)
    }

    func console() -> ProgressConsole {
        ProgressConsole(
            settings: settings, now: { self.clock.withLock { $0 } },
            write: { text in self.output.withLock { $0 += text } })
    }

    func pass(_ milliseconds: Int) { clock.withLock { $0 += .milliseconds(milliseconds) } }

    /// The output since the last call.
    func take() -> String {
        output.withLock { text in
            defer { text = "" }
            return text
        }
    }
}

/// The visible text after `text`, for the few control sequences that the console uses.
private func screen(_ text: String) -> [String] {
    var (lines, row) = ([""], 0)
    var rest = text[...]
    while let character = rest.first {
        if let match = rest.prefixMatch(of: /\e\[(\d+)A/) {
            row = max(0, row - (Int(match.1) ?? 0))
            rest = rest[match.range.upperBound...]
        } else if rest.hasPrefix("\r\u{1B}[J") {
            lines = Array(lines[..<row]) + [""]
            rest = rest.dropFirst(4)
        } else if character == "\n" {
            row += 1
            if lines.count <= row { lines.append("") }
            rest = rest.dropFirst()
        } else {
            lines[row].append(character)
            rest = rest.dropFirst()
        }
    }
    return lines.last == "" ? lines.dropLast() : lines
}

@Suite struct ProgressConsoleTests {
    @Test func plainLinesOnceASecond() {
        let stage = Stage()
        let console = stage.console()
        console.take(.began(step: "Fetch", total: 10_000_000, unit: .bytes))
        for _ in 0..<25 {
            stage.pass(100)
            console.take(.advanced(step: "Fetch", by: 400_000, detail: "file"))
        }
        console.take(.note("a\u{1B}[2J"))
        console.take(.ended(step: "Fetch", summary: "3 fetched"))
        console.finish()
        #expect(
            stage.take() == """
                Fetch (10 MB) …
                Fetch: 40 %, 4.0 MB of 10 MB
                Fetch: 80 %, 8.0 MB of 10 MB
                a?[2J
                Fetch: 3 fetched (2.5 s)

                """)
    }

    @Test func barsAreRedrawnAndGoAway() {
        let stage = Stage(terminal: true)
        let console = stage.console()
        console.take(.began(step: "Fetch", total: 100, unit: .items))
        console.take(.began(step: "Unpack", total: nil, unit: .items))
        var all = stage.take()
        for _ in 0..<4 {
            stage.pass(50)
            console.take(.advanced(step: "Fetch", by: 10, detail: nil))
        }
        let drawn = stage.take()
        #expect(drawn.matches(of: /\e\[2A/).count == 2)
        all += drawn
        #expect(screen(all).map { $0.prefix(6) } == ["Fetch ", "Unpack"])
        #expect(screen(all)[0].contains(" 40%  40 of 100"))
        console.take(.warning("careful"))
        console.take(.ended(step: "Fetch", summary: "done"))
        all += stage.take()
        #expect(screen(all).map { $0.prefix(16) } == ["warning: careful", "Fetch: done (0.2", "Unpack  0"])
        console.finish()
        all += stage.take()
        #expect(screen(all) == ["warning: careful", "Fetch: done (0.2 s)"])
    }

    @Test(
        arguments: [
            (Verbosity.quiet, ProgressMode.auto, "warning: w\n"), (.normal, .none, "n\nwarning: w\n"),
            (.verbose, .plain, "S (2) …\n  d\nn\nwarning: w\nS: s (0.0 s)\n"),
            (.normal, .plain, "S (2) …\nn\nwarning: w\nS: s (0.0 s)\n"),
        ])
    func saysAsMuchAsIsWanted(_ verbosity: Verbosity, _ mode: ProgressMode, _ expected: String) {
        let stage = Stage(mode, verbosity)
        let console = stage.console()
        console.take(.began(step: "S", total: 2, unit: .items))
        console.take(.advanced(step: "S", by: 1, detail: "d"))
        console.take(.advanced(step: "unknown", by: 1, detail: "d"))
        console.take(.note("n"))
        console.take(.warning("w"))
        console.take(.ended(step: "S", summary: "s"))
        console.finish()
        #expect(stage.take() == expected)
    }

    /// The requested mode, the environment, and the resulting mode.
    @Test(
        arguments: [
            ([:], true, ProgressMode.plain, false), (["TERM": "xterm"], true, .bar, true),
            (["TERM": "xterm"], false, .plain, false), (["TERM": "dumb"], true, .plain, false),
            (["TERM": "xterm", "NO_COLOR": "1"], true, .bar, false),
            (["TERM": "xterm", "NO_COLOR": ""], true, .bar, true),
        ] as [([String: String], Bool, ProgressMode, Bool)])
    func decides(_ environment: [String: String], _ isTerminal: Bool, _ mode: ProgressMode, _ colour: Bool) {
        let settings = ConsoleSettings(environment: environment, isTerminal: isTerminal)
        #expect(settings.mode == mode)
        #expect(settings.colour == colour)
    }

    @Test func barLinesFitEveryWidth() {
        var step = StepState(name: "Fetch packages", total: 193_000_000, unit: .bytes, now: .zero)
        for second in 1...8 { step.advance(by: 12_000_000, now: .seconds(second)) }
        let lines = Dictionary(
            uniqueKeysWithValues: (20...200).map { ($0, StepLine.bar(step, now: .seconds(8), width: $0)) })
        for (width, line) in lines { #expect(line.count < width, "\(line)") }
        #expect(lines[20] == "Fetch p…   49%")
        #expect(lines[60] == "Fetch packages   49%  96 MB of 193 MB  12 MB/s  9.0 s left")
        #expect(lines[90]?.contains("  ━━━━━━━━━━━━━──────────────   49%  96 MB") == true)
    }

    @Test func aStepMayGoWrongInEveryWay() {
        var step = StepState(name: "S", total: 0, unit: .bytes, now: .zero)
        #expect(step.fraction == 1 && step.rate(now: .zero) == nil && step.timeLeft(now: .zero) == nil)
        step.advance(by: .max, now: .seconds(1))
        step.advance(by: .max, now: .seconds(2))
        #expect(step.done == .max && step.fraction == 1)
        _ = StepLine.bar(step, now: .seconds(2), width: 80)
        step = StepState(name: "S", total: .max, unit: .bytes, now: .zero)
        step.advance(by: 1, now: .seconds(1))
        #expect(step.timeLeft(now: .seconds(1)) == nil)
    }
}
