// SPDX-License-Identifier: Apache-2.0

import Core
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
    /// The signal that arrived before the child was started.
    private static let waiting = Atomic<Int32>(0)
    /// The last signal, whatever it did.
    private static let latest = Atomic<Int32>(0)
    /// SIGTERM or SIGHUP, once one has arrived.
    private static let last = Atomic<Int32>(0)
    private static let bell = Atomic<Int32>(-1)
    private static let isOver = Atomic(false)
    private static let wasForced = Atomic(false)
    private static let repetitions = Atomic(0)
    private static let force = Mutex<(@Sendable () -> Void)?>(nil)
    private static let passed = [SIGINT, SIGQUIT, SIGTERM, SIGHUP]

    /// The byte that tells the thread of a new child; others are signals.
    private static let born: UInt8 = 255

    /// From now on, these signals do not end the launcher. Handlers, unlike `SIG_IGN`, are not inherited.
    package static func hold() {
        guard bell.load(ordering: .relaxed) < 0, let pipe = try? AnonymousPipe() else { return }
        bell.store(pipe.writer.rawValue, ordering: .relaxed)
        BackgroundThread.detach { attend(pipe.reader.rawValue) }
        var action = sigaction()
        sigemptyset(&action.sa_mask)
        action.sa_flags = Int32(SA_SIGINFO) | Int32(SA_RESTART)
        action.__sigaction_handler.sa_sigaction = { signal, information, _ in
            let pid = SignalPassing.child.load(ordering: .sequentiallyConsistent)
            SignalPassing.latest.store(signal, ordering: .sequentiallyConsistent)
            if signal == SIGTERM || signal == SIGHUP {
                SignalPassing.last.store(signal, ordering: .sequentiallyConsistent)
            }
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

    /// The last signal that arrived; the start may have failed because of it, as the terminal sends it to the engine's
    /// programs as well.
    package static var received: Interruption? {
        let signal = latest.load(ordering: .sequentiallyConsistent)
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
    /// - Parameters:
    ///   - count: The number of repetitions of an early signal. Docker's client ends at the third, with status 1.
    ///   - end: Called on another thread 10 s after SIGTERM or SIGHUP, then each second until `end()`: a process that was
    ///     started after the signal has not received it.
    package static func begin(repeating count: Int, force end: @escaping @Sendable () -> Void) {
        repetitions.store(count, ordering: .relaxed)
        force.withLock { $0 = end }
    }

    /// Stops forwarding, after the end of the container.
    package static func end() {
        isOver.store(true, ordering: .relaxed)
        pass(to: 0)
    }

    /// Passes signals to the child `pid`, including the one that arrived before; 0 for no child.
    package static func pass(to pid: Int32) {
        child.store(pid, ordering: .sequentiallyConsistent)
        guard pid > 0 else { return }
        ring(born)
        let signal = waiting.exchange(0, ordering: .sequentiallyConsistent)
        guard signal != 0 else { return }
        kill(pid, signal)
        ring(UInt8(truncatingIfNeeded: signal))
    }

    /// The PID of the child; 0 for none.
    static var client: Int32 { child.load(ordering: .sequentiallyConsistent) }

    /// SIGTERM or SIGHUP, if one has arrived: the run ends.
    static var terminating: Int32? {
        let signal = last.load(ordering: .sequentiallyConsistent)
        return signal == 0 ? nil : signal
    }

    /// Whether the run ends by a signal to the launcher.
    package static var isEnding: Bool { terminating != nil || isForced }

    /// Whether the container is ended by force.
    static var isForced: Bool { wasForced.load(ordering: .sequentiallyConsistent) }

    /// Wakes the thread.
    private static func ring(_ byte: UInt8) {
        var byte = byte
        _ = write(bell.load(ordering: .relaxed), &byte, 1)
    }

    /// Repeats early signals, and ends the container when it does not end by itself.
    private static func attend(_ reader: Int32) {
        var schedule = SignalSchedule()
        while !isOver.load(ordering: .relaxed) {
            var request = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
            if poll(&request, 1, schedule.isIdle ? -1 : SignalSchedule.tick) > 0 {
                var byte: UInt8 = 0
                guard read(reader, &byte, 1) == 1 else { return }
                if byte == born {
                    schedule.start()
                } else {
                    schedule.arrive(Int32(byte), repetitions: repetitions.load(ordering: .relaxed))
                }
                continue
            }
            let due = schedule.advance()
            guard !isOver.load(ordering: .relaxed) else { return }
            let pid = child.load(ordering: .sequentiallyConsistent)
            if let signal = due.repeated, pid > 0 { kill(pid, signal) }
            guard due.isForced else { continue }
            // First: a client that is stopped with the job can hold a lock of Podman, for which each of its commands
            // waits, until the client is killed.
            wasForced.store(true, ordering: .sequentiallyConsistent)
            force.withLock(\.self)?()
        }
    }
}
