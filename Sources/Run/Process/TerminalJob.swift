// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Synchronization

/// The two processes of a program with a terminal: the front process, which the caller's shell started and which can be
/// stopped as a job, and the worker, which does everything else and is never stopped.
///
/// A stopped process stops with all its threads. The launcher's threads watch the guard and serve the ssh-agent proxy,
/// and the container may have other processes that run on: so the process that stops is another one. The front process
/// stays in the caller's process group and does nothing but wait, forward signals, and stop its group on request.
package struct TerminalJob: Sendable {
    /// The PID of the front process.
    let front: Int32
    /// The worker's end of the connection: a byte written to it stops the job, and a byte comes back when it goes on.
    let channel: Int32

    /// The environment variable of a worker that executes the program again.
    package static let marker = "OPENCODE_DOCKER_TERMINAL_JOB"

    /// The byte that asks the front process to stop the job, and its answer afterwards.
    private static let stop = UInt8(ascii: "s")
    /// The byte after which the front process is never stopped again, and its answer.
    private static let release = UInt8(ascii: "r")
    /// The milliseconds between two attempts to continue the front process, and the number of attempts.
    private static let releasing: (tick: Int32, attempts: Int) = (20, 250)
    private static let divided = Mutex<TerminalJob?>(nil)
    private static let worker = Atomic<Int32>(0)

    /// The job of this process; `nil` when it was not divided.
    package static var current: TerminalJob? { divided.withLock(\.self) }

    /// Divides this process, before it has a second thread. The worker ends with the front process, however that ends.
    /// Without a second process there is no job control.
    ///
    /// - Returns: In the front process, once the worker has ended, its exit status; `nil` in the worker.
    package static func divide() -> Int32? {
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return nil }
        let front = getpid()
        // The signals of the time in between are delivered to the handlers.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        let child = clinux_fork()
        guard child == 0 else {
            close(ends[0])
            if child > 0 { return represent(child, ends[1], signals: before) }
            close(ends[1])
            pthread_sigmask(SIG_SETMASK, &before, nil)
            return nil
        }
        close(ends[1])
        _ = clinux_end_with_parent()
        if getppid() != front { kill(getpid(), SIGKILL) }
        TerminalJob(front: front, channel: ends[0]).work()
        pthread_sigmask(SIG_SETMASK, &before, nil)
        return nil
    }

    /// Continues as the worker that this process was before it executed the program again.
    ///
    /// - Parameter value: The value of the variable `marker`.
    /// - Returns: Whether this process is a worker.
    package static func resume(_ value: String?) -> Bool {
        let numbers = (value ?? "").split(separator: ":").compactMap { Int32($0) }
        guard numbers.count == 2, getppid() == numbers[0], fcntl(numbers[1], F_SETFD, FD_CLOEXEC) == 0 else {
            return false
        }
        TerminalJob(front: numbers[0], channel: numbers[1]).work()
        return true
    }

    /// The variable for `resume`, for a worker that executes the program again; the channel stays open then.
    package static var variables: [String: String] {
        guard let job = current, fcntl(job.channel, F_SETFD, 0) == 0 else { return [:] }
        return [marker: "\(job.front):\(job.channel)"]
    }

    private func work() {
        // A handler, unlike `SIG_IGN`, is not inherited by programs.
        signal(SIGTSTP) { _ in }
        Self.divided.withLock { $0 = self }
    }

    /// Asks the front process to stop the job.
    func requestStop() {
        var byte = Self.stop
        _ = send(channel, &byte, 1, Int32(MSG_NOSIGNAL))
    }

    /// Reads the answer of the front process, for a channel that is readable: the job goes on.
    func readAnswer() {
        var byte: UInt8 = 0
        _ = read(channel, &byte, 1)
    }

    /// Continues the front process for good: the run ends. A request to stop that is still on its way, or a key, would
    /// otherwise stop it after the worker's end, when nobody is left who continues it.
    func release() {
        var byte = Self.release
        _ = send(channel, &byte, 1, Int32(MSG_NOSIGNAL))
        for _ in 0..<Self.releasing.attempts {
            kill(front, SIGCONT)
            guard Suspension.isReadable(channel, milliseconds: Self.releasing.tick) else { continue }
            guard read(channel, &byte, 1) == 1, byte != Self.release else { return }
        }
    }

    /// Whether the front process is stopped and will end, or be asked to end, as soon as it is continued: SIGTERM or
    /// SIGHUP is pending (proc(5), `/proc/PID/status`).
    var isEnding: Bool {
        guard let file = fopen("/proc/\(front)/status", "re") else { return false }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        var pending: UInt64 = 0
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("SigPnd:") || text.hasPrefix("ShdPnd:") else { continue }
            pending |= UInt64(text.dropFirst(7).filter(\.isHexDigit), radix: 16) ?? 0
        }
        return pending & (1 << UInt64(SIGTERM - 1) | 1 << UInt64(SIGHUP - 1)) != 0
    }
}

extension TerminalJob {
    /// The front process: forwards signals, stops with its process group, and ends by the signal that ended the worker.
    ///
    /// - Returns: The exit status of the worker.
    private static func represent(_ child: Int32, _ channel: Int32, signals: sigset_t) -> Int32 {
        worker.store(child, ordering: .sequentiallyConsistent)
        install()
        var signals = signals
        pthread_sigmask(SIG_SETMASK, &signals, nil)
        while true {
            var byte: UInt8 = 0
            let count = read(channel, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            guard count == 1 else { break }
            if byte == release {
                signal(SIGTSTP, SIG_IGN)
            } else {
                // All of the group: a script that started the launcher is part of the caller's job. The kernel discards
                // the signal in an orphaned process group; otherwise this returns when the job is continued.
                kill(0, SIGTSTP)
            }
            _ = send(channel, &byte, 1, Int32(MSG_NOSIGNAL))
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) == -1 { guard errno == EINTR else { return 128 + SIGKILL } }
        let ending = status & 0x7f
        guard ending != 0 else { return (status >> 8) & 0xff }
        signal(ending, SIG_DFL)
        kill(getpid(), ending)
        return 128 + ending
    }

    /// Forwards signals that only this process received; the terminal's reach the whole group (sigaction(2), `si_code`).
    /// The group is also stopped when the engine's client uses the terminal in the background (termios(3)); this process
    /// uses no terminal, and the worker asks it to stop.
    private static func install() {
        var action = sigaction()
        sigemptyset(&action.sa_mask)
        action.sa_flags = Int32(SA_SIGINFO) | Int32(SA_RESTART)
        action.__sigaction_handler.sa_sigaction = { signal, information, _ in
            if (information?.pointee.si_code ?? 0) <= 0 {
                kill(TerminalJob.worker.load(ordering: .sequentiallyConsistent), signal)
            }
        }
        for signal in [SIGINT, SIGQUIT, SIGTERM, SIGHUP] { sigaction(signal, &action, nil) }
        for number in [SIGTTIN, SIGTTOU] { signal(number, SIG_IGN) }
    }
}
