// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Glibc
import Synchronization

/// A signal that arrived before the container was started.
package struct Interruption: Error, Hashable {
    /// The number of the signal.
    package let signal: Int32
}

/// Keeps terminating signals from ending the launcher, so that it can clean up, and forwards them to the child in the
/// foreground. Signals from the terminal (`si_code` above 0, sigaction(2)) reach the whole process group, including the
/// child.
///
/// A child that is young may not have installed its handlers yet, and the first process of a PID namespace ignores a
/// signal without a handler (pid_namespaces(7)): an early signal is repeated.
package enum SignalPassing {
    private static let child = Atomic<Int32>(0)
    /// The time at which the child was started, in milliseconds of the monotonic clock.
    private static let birth = Atomic<Int64>(0)
    /// The signal that arrived before the child was started.
    private static let waiting = Atomic<Int32>(0)
    private static let bell = Atomic<Int32>(-1)
    private static let isOver = Atomic(false)
    private static let force = Mutex<(@Sendable () -> Void)?>(nil)
    private static let passed = [SIGINT, SIGQUIT, SIGTERM, SIGHUP]

    /// The milliseconds during which a child is young, the interval of repetitions, and their number.
    private static let (youth, interval, repetitions): (Int64, Int32, Int) = (1000, 250, 8)
    /// The milliseconds that a container has to end after SIGTERM or SIGHUP, and the interval of further attempts.
    private static let (grace, again): (Int64, Int64) = (10_000, 1000)

    /// From now on, these signals do not end the launcher. Handlers, unlike `SIG_IGN`, are not inherited.
    package static func hold() {
        var ends: [Int32] = [0, 0]
        guard bell.load(ordering: .relaxed) < 0, clinux_pipe(&ends) == 0 else { return }
        bell.store(ends[1], ordering: .relaxed)
        let reader = ends[0]
        Thread.detachNewThread { attend(reader) }
        var action = sigaction()
        sigemptyset(&action.sa_mask)
        action.sa_flags = Int32(SA_SIGINFO) | Int32(SA_RESTART)
        action.__sigaction_handler.sa_sigaction = { signal, information, _ in
            let pid = SignalPassing.child.load(ordering: .sequentiallyConsistent)
            if pid == 0 { SignalPassing.waiting.store(signal, ordering: .sequentiallyConsistent) }
            if pid > 0, (information?.pointee.si_code ?? 0) <= 0 { kill(pid, signal) }
            var byte = UInt8(truncatingIfNeeded: signal)
            _ = write(SignalPassing.bell.load(ordering: .relaxed), &byte, 1)
        }
        for signal in passed { sigaction(signal, &action, nil) }
    }

    /// The signal that arrived so far, while there was no child.
    package static var interruption: Interruption? {
        let signal = waiting.load(ordering: .sequentiallyConsistent)
        return signal == 0 ? nil : Interruption(signal: signal)
    }

    /// Ends the start when a signal has arrived.
    ///
    /// - Throws: `Interruption`.
    package static func check() throws(Interruption) {
        if let interruption { throw interruption }
    }

    /// Sets the end of a container that does not end by itself.
    ///
    /// - Parameter end: Called on another thread 10 s after SIGTERM or SIGHUP, then each second until `end()`: a process
    ///   that was started after the signal has not received it.
    package static func begin(force end: @escaping @Sendable () -> Void) { force.withLock { $0 = end } }

    /// Stops forwarding, after the end of the container.
    package static func end() {
        isOver.store(true, ordering: .relaxed)
        pass(to: 0)
    }

    /// Passes signals to the child `pid`, including the one that arrived before; 0 for no child.
    package static func pass(to pid: Int32) {
        birth.store(now(), ordering: .sequentiallyConsistent)
        child.store(pid, ordering: .sequentiallyConsistent)
        guard pid > 0 else { return }
        let signal = waiting.exchange(0, ordering: .sequentiallyConsistent)
        guard signal != 0 else { return }
        kill(pid, signal)
        // The thread repeats it.
        var byte = UInt8(truncatingIfNeeded: signal)
        _ = write(bell.load(ordering: .relaxed), &byte, 1)
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Repeats early signals, and ends the container when it does not end by itself.
    private static func attend(_ reader: Int32) {
        var (repeated, left, deadline): (Int32, Int, Int64?) = (0, 0, nil)
        while !isOver.load(ordering: .relaxed) {
            var request = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
            let timeout = left > 0 ? interval : deadline.map { Int32(max(0, min($0 - now(), again))) } ?? -1
            if poll(&request, 1, timeout) > 0 {
                var byte: UInt8 = 0
                guard read(reader, &byte, 1) == 1 else { return }
                let signal = Int32(byte)
                if now() - birth.load(ordering: .sequentiallyConsistent) < youth {
                    (repeated, left) = (signal, repetitions)
                }
                if signal != SIGINT && signal != SIGQUIT { deadline = deadline ?? now() + grace }
                continue
            }
            let pid = child.load(ordering: .sequentiallyConsistent)
            if left > 0, pid > 0, !isOver.load(ordering: .relaxed) {
                left -= 1
                kill(pid, repeated)
            }
            if let due = deadline, now() >= due {
                deadline = now() + again
                force.withLock(\.self)?()
            }
        }
    }
}
