// SPDX-License-Identifier: Apache-2.0

import Core

/// How far a running step is.
package struct StepState: Sendable {
    /// Its name.
    package let name: String
    /// How much there is to do, where that is known.
    package let total: UInt64?
    /// What it counts.
    package let unit: ProgressUnit
    /// When it began.
    package let began: Duration
    /// How much is done.
    package private(set) var done: UInt64 = 0
    /// When a plain line last said something about it.
    package var lastLine: Duration
    /// How much was done at recent moments, oldest first.
    private var samples: [(time: Duration, done: UInt64)]

    /// A rate is taken over this time: long enough to be calm, short enough to be true.
    private static let window: Duration = .seconds(5)

    /// A step that begins at `now`.
    package init(name: String, total: UInt64?, unit: ProgressUnit, now: Duration) {
        self.name = name.sanitized
        self.total = total
        self.unit = unit
        began = now
        lastLine = now
        samples = [(now, 0)]
    }

    /// `count` more are done at `now`.
    package mutating func advance(by count: UInt64, now: Duration) {
        let (sum, overflow) = done.addingReportingOverflow(count)
        done = overflow ? .max : sum
        guard let last = samples.last, now - last.time >= .milliseconds(100) else { return }
        samples.append((now, done))
        while samples.count > 2, now - samples[1].time >= Self.window { samples.removeFirst() }
    }

    /// How much is done in a second; `nil` until that can be told.
    package func rate(now: Duration) -> Double? {
        guard let first = samples.first, now - first.time >= .milliseconds(500), done > first.done else { return nil }
        return Double(done - first.done) / ((now - first.time) / .seconds(1))
    }

    /// The time that is left at this rate.
    package func timeLeft(now: Duration) -> Duration? {
        guard let total, total > done, let rate = rate(now: now), rate > 0 else { return nil }
        let seconds = Double(total - done) / rate
        return seconds < 360_000 ? .seconds(seconds.rounded(.up)) : nil
    }

    /// The part that is done, from 0 to 1.
    package var fraction: Double? {
        guard let total else { return nil }
        return total == 0 ? 1 : min(1, Double(done) / Double(total))
    }
}
