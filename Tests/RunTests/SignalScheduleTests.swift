// SPDX-License-Identifier: Apache-2.0

import Glibc
import Run
import Testing

@Suite("Signals to a container")
struct SignalScheduleTests {
    /// The milliseconds after the signal at which it is repeated, and at which the container is ended, within 13 s.
    private func due(_ signal: Int32, after age: Int32?, repetitions: Int = 8) -> (repeated: [Int32], forced: [Int32]) {
        var schedule = SignalSchedule()
        if let age {
            schedule.start()
            for _ in 0..<(age / SignalSchedule.tick) { _ = schedule.advance() }
        }
        schedule.arrive(signal, repetitions: repetitions)
        var (repeated, forced): ([Int32], [Int32]) = ([], [])
        for tick in 1...260 as ClosedRange<Int32> {
            let due = schedule.advance()
            if due.repeated == signal { repeated.append(tick * SignalSchedule.tick) }
            if due.isForced { forced.append(tick * SignalSchedule.tick) }
        }
        return (repeated, forced)
    }

    @Test("A young child gets the signal again", arguments: [SIGINT, SIGTERM, SIGHUP])
    func early(signal: Int32) {
        let times: [Int32] = [250, 500, 750, 1000, 1250, 1500, 1750, 2000]
        #expect(due(signal, after: 0).repeated == times && due(signal, after: 950).repeated == times)
        #expect(due(signal, after: 0, repetitions: 1).repeated == [250])
        #expect(due(signal, after: 1000).repeated == [] && due(signal, after: nil).repeated == [])
    }

    @Test("TERM and HUP end a container by force after ten seconds, then each second")
    func forced() {
        for signal in [SIGTERM, SIGHUP] {
            #expect(due(signal, after: 5000).forced == [10_000, 11_000, 12_000, 13_000])
        }
        for signal in [SIGINT, SIGQUIT] { #expect(due(signal, after: 5000).forced == []) }
    }

    @Test("Without a child or a signal the thread sleeps")
    func idle() {
        var schedule = SignalSchedule()
        #expect(schedule.isIdle)
        schedule.start()
        #expect(!schedule.isIdle)
        for _ in 0..<20 { _ = schedule.advance() }
        #expect(schedule.isIdle)
        schedule.arrive(SIGINT, repetitions: 8)
        #expect(schedule.isIdle)
    }
}
