// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What is due when, in ticks of 50 ms: repetitions of an early signal, and the end by force.
package struct SignalSchedule {
    /// The length of a tick in milliseconds.
    package static let tick: Int32 = 50
    /// The ticks during which a child is young, between repetitions, and between attempts to end a container.
    private static let (youth, interval, again) = (20, 5, 20)
    /// The ticks that a container has to end after SIGTERM or SIGHUP.
    private static let grace = 200

    private var young = 0
    private var early: (signal: Int32, left: Int, wait: Int)?
    private var end: Int?

    /// Creates an empty schedule.
    package init() {}

    /// Whether nothing is to come.
    package var isIdle: Bool { young == 0 && early == nil && end == nil }

    /// A child was started.
    package mutating func start() { young = Self.youth }

    /// A signal has arrived, to be repeated so many times if the child is young.
    package mutating func arrive(_ signal: Int32, repetitions: Int) {
        if young > 0, repetitions > 0 { early = (signal, repetitions, Self.interval) }
        if signal != SIGINT && signal != SIGQUIT { end = end ?? Self.grace }
    }

    /// Counts a tick; returns the signal to repeat, and whether the container is to be ended.
    package mutating func advance() -> (repeated: Int32?, isForced: Bool) {
        young = max(0, young - 1)
        var repeated: Int32?
        if var next = early {
            next.wait -= 1
            if next.wait == 0 { (repeated, next.wait, next.left) = (next.signal, Self.interval, next.left - 1) }
            early = next.left > 0 ? next : nil
        }
        guard let left = end else { return (repeated, false) }
        end = left > 1 ? left - 1 : Self.again
        return (repeated, left == 1)
    }
}
