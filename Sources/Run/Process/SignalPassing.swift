// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Glibc
import Synchronization

/// Forwards terminating signals to the child in the foreground, so that the launcher outlives it and can clean up.
/// Signals from the terminal (`si_code` above 0, sigaction(2)) reach the whole process group, including the child.
package enum SignalPassing {
    private static let child = Atomic<Int32>(0)
    /// The signal that arrived before the child was started.
    private static let waiting = Atomic<Int32>(0)
    private static let bell = Atomic<Int32>(-1)
    private static let isOver = Atomic(false)
    private static let passed = [SIGINT, SIGQUIT, SIGTERM, SIGHUP]

    /// From now on, these signals do not end the launcher. Handlers, unlike `SIG_IGN`, are not inherited.
    ///
    /// - Parameters:
    ///   - grace: The time that the child has to end after SIGTERM or SIGHUP.
    ///   - force: Called on another thread after that time, each second until `end()`: a process that was started after
    ///     the signal has not received it.
    package static func begin(grace: UInt32 = 10, force: @escaping @Sendable () -> Void) {
        var ends: [Int32] = [0, 0]
        if clinux_pipe(&ends) == 0 {
            bell.store(ends[1], ordering: .relaxed)
            let reader = ends[0]
            Thread.detachNewThread {
                var byte: UInt8 = 0
                while read(reader, &byte, 1) < 0 && errno == EINTR {}
                sleep(grace)
                while !isOver.load(ordering: .relaxed) {
                    force()
                    sleep(1)
                }
            }
        }
        var action = sigaction()
        sigemptyset(&action.sa_mask)
        action.sa_flags = Int32(SA_SIGINFO) | Int32(SA_RESTART)
        action.__sigaction_handler.sa_sigaction = { signal, information, _ in
            let code = information?.pointee.si_code ?? 0
            let pid = SignalPassing.child.load(ordering: .relaxed)
            if signal != SIGINT && signal != SIGQUIT {
                var byte: UInt8 = 1
                _ = write(SignalPassing.bell.load(ordering: .relaxed), &byte, 1)
            }
            guard code <= 0 else { return }
            if pid > 0 { kill(pid, signal) } else { SignalPassing.waiting.store(signal, ordering: .relaxed) }
        }
        for signal in passed { sigaction(signal, &action, nil) }
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
        let signal = waiting.exchange(0, ordering: .sequentiallyConsistent)
        if signal != 0 { kill(pid, signal) }
    }
}
