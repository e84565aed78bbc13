// SPDX-License-Identifier: Apache-2.0

import Core
import Synchronization

/// Draws progress events on standard error, as bars or as plain lines.
///
/// Events may come from any thread: one lock protects both the state of the screen and the output.
package final class ProgressConsole: Sendable {
    private let settings: ConsoleSettings
    private let now: @Sendable () -> Duration
    private let write: @Sendable (String) -> Void
    private let screen: Mutex<Screen> = Mutex(Screen())

    private struct Screen {
        var steps: [StepState] = []
        /// The number of bars on the terminal, above the cursor.
        var drawn = 0
        var lastDrawn: Duration?
    }

    /// Ten times per second looks smooth and does not overload a slow connection.
    private static let redraw: Duration = .milliseconds(100)

    /// Creates a console.
    ///
    /// - Parameters:
    ///   - now: The time of a monotonic clock.
    ///   - write: Writes text to standard error.
    package init(
        settings: ConsoleSettings, now: @escaping @Sendable () -> Duration, write: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.now = now
        self.write = write
    }

    /// The sink for the stages.
    package var sink: ProgressSink { { self.take($0) } }

    /// Handles one event.
    package func take(_ event: ProgressEvent) {
        screen.withLock { screen in
            let now = now()
            switch event {
            case .began(let name, let total, let unit):
                let step = StepState(name: name, total: total, unit: unit, now: now)
                screen.steps.append(step)
                if settings.mode == .plain { write(StepLine.beginning(step) + "\n") } else { draw(&screen, now) }
            case .advanced(let name, let count, let detail):
                advance(&screen, name, count, detail, now)
            case .ended(let name, let summary):
                guard let index = screen.steps.firstIndex(where: { $0.name == name.sanitized }) else { return }
                let step = screen.steps.remove(at: index)
                if settings.mode != .none { say(StepLine.end(step, summary: summary, now: now), &screen, now) }
            case .note(let text):
                if settings.verbosity != .quiet { say(text.sanitized, &screen, now) }
            case .detail(let text):
                if settings.verbosity == .verbose { say("  \(text.sanitized)", &screen, now) }
            case .warning(let text):
                let label = TextStyle.doubtful.paint("warning:", colour: settings.colour)
                say("\(label) \(text.sanitized)", &screen, now)
            }
        }
    }

    /// Erases the bars, before results or errors are written.
    package func finish() {
        screen.withLock { screen in
            if screen.drawn > 0 { write(erase(screen.drawn)) }
            screen = Screen()
        }
    }

    private func advance(_ screen: inout Screen, _ name: String, _ count: UInt64, _ detail: String?, _ now: Duration) {
        guard let index = screen.steps.firstIndex(where: { $0.name == name.sanitized }) else { return }
        screen.steps[index].advance(by: count, now: now)
        if settings.verbosity == .verbose, let detail { say("  \(detail.sanitized)", &screen, now) }
        switch settings.mode {
        case .bar:
            if now - (screen.lastDrawn ?? .zero) >= Self.redraw { draw(&screen, now) }
        case .plain:
            guard now - screen.steps[index].lastLine >= .seconds(1) else { return }
            screen.steps[index].lastLine = now
            write(StepLine.plain(screen.steps[index]) + "\n")
        case .none, .auto: break
        }
    }

    /// Writes a permanent line, above the bars.
    private func say(_ line: String, _ screen: inout Screen, _ now: Duration) {
        guard settings.mode == .bar else { return write(line + "\n") }
        write(erase(screen.drawn) + line + "\n")
        screen.drawn = 0
        draw(&screen, now)
    }

    private func draw(_ screen: inout Screen, _ now: Duration) {
        guard settings.mode == .bar else { return }
        let lines = screen.steps.map {
            StepLine.bar($0, now: now, width: settings.width, colour: settings.colour) + "\n"
        }
        write(erase(screen.drawn) + lines.joined())
        screen.drawn = lines.count
        screen.lastDrawn = now
    }

    /// Moves the cursor up, then erases to the end of the screen (ECMA-48 sections 8.3.22 and 8.3.39).
    private func erase(_ lines: Int) -> String { lines > 0 ? "\u{1B}[\(lines)A\r\u{1B}[J" : "" }
}
