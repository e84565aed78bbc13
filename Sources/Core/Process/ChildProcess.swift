// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import SystemPackage

/// A child process. Signals reach it alone: its PID is given free only when nobody can send one any more.
package final class ChildProcess: Sendable {
    /// The PID.
    package let pid: pid_t
    /// The exit status, once the process has been reaped.
    private let status = Mutex<Int32?>(nil)

    init(pid: pid_t) { self.pid = pid }

    /// Waits for the process: returns its exit status, or 128 plus the number of the signal that ended it. It blocks its
    /// thread.
    @discardableResult
    package func wait() -> Int32 {
        var information = siginfo_t()
        // With WNOWAIT the process stays a zombie, whose PID is not used again.
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) == -1 { guard errno == EINTR else { break } }
        return reap(options: 0) ?? 127
    }

    /// Waits for the process on a thread of its own.
    package func ended() async -> Int32 {
        await withCheckedContinuation { continuation in
            BackgroundThread.start { continuation.resume(returning: self.wait()) }
        }
    }

    /// Returns whether the process has ended. An ended process needs no `wait()`.
    package func hasEnded() -> Bool { reap(options: WNOHANG) != nil }

    /// Sends `signal`; does nothing when the process has been waited for.
    package func send(_ signal: Int32) {
        status.withLock { if $0 == nil { Glibc.kill(pid, signal) } }
    }

    /// Sends SIGKILL and waits.
    package func kill() {
        send(SIGKILL)
        wait()
    }

    private func reap(options: Int32) -> Int32? {
        status.withLock { status in
            if let status { return status }
            var raw: Int32 = 0
            var answer = waitpid(pid, &raw, options)
            while answer == -1, errno == EINTR { answer = waitpid(pid, &raw, options) }
            if answer == pid { status = Self.number(raw) } else if answer == -1 { status = 127 }
            return status
        }
    }

    private static func number(_ status: Int32) -> Int32 {
        status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }
}

/// A thread for work that blocks, which the threads of the concurrency runtime must not do. A write to a pipe without
/// a reader is an error there and no signal (pipe(7)).
package enum BackgroundThread {
    /// Runs `body`, which may never end, on a new thread; not at all when the system has no more threads.
    package static func detach(_ body: @escaping @Sendable () -> Void) { _ = failure(of: body) }

    /// Runs `body` on a new thread; on the caller's, which it then blocks, when the system has no more threads.
    package static func start(_ body: @escaping @Sendable () -> Void) {
        if failure(of: body) != nil { body() }
    }

    /// Runs `body` on a new thread; returns the error of the system call when there is none.
    package static func failure(of body: @escaping @Sendable () -> Void) -> Errno? {
        let number = Work(body: body).start()
        return number == 0 ? nil : Errno(rawValue: number)
    }

    private final class Work: Sendable {
        private let body: @Sendable () -> Void

        init(body: @escaping @Sendable () -> Void) { self.body = body }

        /// Returns the error number of pthread_create(3).
        func start() -> Int32 {
            var thread = pthread_t()
            let failure = pthread_create(
                &thread, nil,
                { work in
                    guard let work else { return nil }
                    Unmanaged<Work>.fromOpaque(work).takeRetainedValue().run()
                    return nil
                }, Unmanaged.passRetained(self).toOpaque())
            if failure == 0 { pthread_detach(thread) } else { Unmanaged.passUnretained(self).release() }
            return failure
        }

        private func run() {
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            body()
        }
    }
}
