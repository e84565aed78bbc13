// SPDX-License-Identifier: Apache-2.0

import Core

/// The progress of a running step.
package struct StepState: Sendable {
    /// Its name.
    package let name: String
    /// The total amount, if known.
    package let total: UInt64?
    /// The unit of the amounts.
    package let unit: ProgressUnit
    /// The start time.
    package let began: Duration
    /// The finished amount.
    package private(set) var done: UInt64 = 0
    /// The time of the last plain line.
    package var lastLine: Duration
    /// The finished amounts at recent times, oldest first.
    private var samples: [(time: Duration, done: UInt64)]

    /// The period for computing a rate: long enough to be stable, short enough to be accurate.
    private static let window: Duration = .seconds(5)

    /// Creates a step that starts at `now`.
    package init(name: String, total: UInt64?, unit: ProgressUnit, now: Duration) {
        self.name = name.sanitized
        self.total = total
        self.unit = unit
        began = now
        lastLine = now
        samples = [(now, 0)]
    }

    /// Adds `count` to the finished amount.
    package mutating func advance(by count: UInt64, now: Duration) {
        let (sum, overflow) = done.addingReportingOverflow(count)
        done = overflow ? .max : sum
        guard let last = samples.last, now - last.time >= .milliseconds(100) else { return }
        samples.append((now, done))
        while samples.count > 2, now - samples[1].time >= Self.window { samples.removeFirst() }
    }

    /// The amount per second; `nil` until it can be computed.
    package func rate(now: Duration) -> Double? {
        guard let first = samples.first, now - first.time >= .milliseconds(500), done > first.done else { return nil }
        return Double(done - first.done) / ((now - first.time) / .seconds(1))
    }

    /// The remaining time at this rate.
    package func timeLeft(now: Duration) -> Duration? {
        guard let total, total > done, let rate = rate(now: now), rate > 0 else { return nil }
        let seconds = Double(total - done) / rate
        return seconds < 360_000 ? .seconds(seconds.rounded(.up)) : nil
    }

    /// The finished fraction, from 0 to 1.
    package var fraction: Double? {
        guard let total else { return nil }
        return total == 0 ? 1 : min(1, Double(done) / Double(total))
    }
}
