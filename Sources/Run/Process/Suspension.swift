// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import Synchronization
import SystemPackage

/// Stops the caller's job when the program in the container has stopped itself, and continues both together.
///
/// The supervisor in the container (`Supervisor`) connects to a socket when its program stops, and waits for a byte.
/// Any process of the container can connect: the effect is that of a program that stops itself. One request is served at
/// a time; those that arrive while the job is stopped are answered with it, and a container that stops the job again and
/// again is no longer obeyed until it is quiet for a second.
package final class Suspension: Sendable {
    /// The milliseconds between two looks at a stopped job.
    private static let tick: Int32 = 200
    /// The requests, each within a second of the last, that are obeyed.
    private static let mostRepetitions = 3

    private let job: TerminalJob
    private let terminal: CallerTerminal
    private let listener: Int32
    private let path: FilePath
    private let warn: @Sendable (String) -> Void
    private let ending = Atomic<Int32>(0)

    /// Starts to serve the socket `path`; `nil` without a terminal or a front process.
    ///
    /// - Parameter warn: Called with a sentence, on another thread.
    /// - Throws: `FileError`.
    package init?(path: FilePath, warn: @escaping @Sendable (String) -> Void) throws {
        guard let job = TerminalJob.current, let terminal = CallerTerminal() else { return nil }
        (self.job, self.terminal, self.path, self.warn) = (job, terminal, path, warn)
        listener = try UnixSocket.listen(path)
        BackgroundThread.detach { [self] in attend() }
    }

    /// The signal that ended the container while the job was stopped, when its engine's client could not report the
    /// status.
    package var endingSignal: Int32? {
        let signal = ending.load(ordering: .sequentiallyConsistent)
        return signal == 0 ? nil : signal
    }

    /// Stops serving, and removes the socket.
    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        unlink(path.string)
    }

    private func attend() {
        var (repetitions, isRecent) = (0, false)
        while true {
            if isRecent && !Self.isReadable(listener, milliseconds: 1000) {
                (repetitions, isRecent) = (0, false)
                continue
            }
            guard let line = accept() else { break }
            repetitions = isRecent ? repetitions + 1 : 0
            isRecent = true
            if repetitions < Self.mostRepetitions {
                suspend(line)
            } else {
                if repetitions == Self.mostRepetitions { warn("The container stops the job again and again: ignored.") }
                usleep(50_000)
            }
            line.answer(.proceed)
            line.close()
        }
        close(listener)
    }

    private func accept() -> SupervisorLine? {
        while true {
            let socket = Glibc.accept(listener, nil, nil)
            if socket < 0 && (errno == EINTR || errno == ECONNABORTED) { continue }
            guard socket >= 0 else { return nil }
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            return SupervisorLine(socket: socket)
        }
    }

    /// Answers the requests that arrived while the job was stopped.
    private func drain() {
        while Self.isReadable(listener, milliseconds: 0), let line = accept() {
            line.answer(.proceed)
            line.close()
        }
    }

    static func isReadable(_ descriptor: Int32, milliseconds: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, milliseconds) > 0
    }
}

extension Suspension {
    /// Stops the engine's client and the job until the caller continues the job, or the run ends.
    private func suspend(_ line: SupervisorLine) {
        // The client first passes on what the program wrote before it stopped, such as the end of its full screen.
        usleep(100_000)
        let client = SignalPassing.client
        guard client > 0, SignalPassing.terminating == nil else { return }
        kill(client, SIGSTOP)
        let settings = terminal.giveBack()
        ignoreJobControl()
        job.requestStop()
        switch wait(client) {
        case .over: return
        case .ending: return end(client, line)
        case .continued: break
        }
        for number in [SIGTTIN, SIGTTOU, SIGCONT] { signal(number, SIG_DFL) }
        terminal.apply(settings)
        kill(client, SIGCONT)
        // The window may have another size now, which the program should know before it draws.
        kill(client, SIGWINCH)
        usleep(100_000)
        drain()
    }

    /// A shell continues the whole group, and in the background a client that reads the terminal has the kernel stop it
    /// (termios(3)): the worker stops the client again, and is not stopped itself.
    private func ignoreJobControl() {
        for number in [SIGTTIN, SIGTTOU] { signal(number) { _ in } }
        signal(SIGCONT) { _ in
            let client = SignalPassing.client
            if client > 0, tcgetpgrp(STDIN_FILENO) != getpgrp() { kill(client, SIGSTOP) }
        }
    }

    /// What ends the wait of a stopped job.
    private enum Waited {
        /// The job is in the foreground again.
        case continued
        /// SIGTERM or SIGHUP arrived while it was stopped.
        case ending
        /// The engine's client has ended.
        case over
    }

    private func wait(_ client: Int32) -> Waited {
        var isAnswered = false
        while SignalPassing.client == client {
            if Self.isReadable(job.channel, milliseconds: Self.tick) {
                job.readAnswer()
                isAnswered = true
            }
            let isInForeground = terminal.isInForeground
            if isInForeground && isAnswered { return .continued }
            if SignalPassing.terminating != nil { return isInForeground ? .continued : .ending }
            // Continued in the background, as by bg: it is stopped again, like any program that needs the terminal.
            if !isInForeground { kill(client, SIGSTOP) }
            if isAnswered {
                isAnswered = false
                usleep(UInt32(Self.tick) * 1000)
                job.requestStop()
            }
            if job.isEnding { kill(job.front, SIGCONT) }
        }
        job.release()
        return .over
    }

    /// Ends a stopped run without the engine's client, which would wait for the terminal: the supervisor passes the
    /// signal to the program, and the container ends by itself or is killed after ten seconds.
    private func end(_ client: Int32, _ line: SupervisorLine) {
        let signal = SignalPassing.terminating ?? SIGTERM
        line.answer(signal == SIGHUP ? .hangUp : .terminate)
        while SignalPassing.client == client, !SignalPassing.isForced, !line.isClosed(milliseconds: Self.tick) {
            kill(client, SIGSTOP)
            kill(job.front, SIGCONT)
            usleep(20_000)
        }
        job.release()
        guard SignalPassing.client == client else { return }
        ending.store(signal, ordering: .sequentiallyConsistent)
        kill(client, SIGKILL)
    }
}

/// The connection of a supervisor whose program has stopped.
struct SupervisorLine {
    /// What the supervisor does next.
    enum Answer: UInt8 {
        /// It continues its program.
        case proceed = 0x63
        /// It sends SIGTERM to its program, and continues it.
        case terminate = 0x74
        /// It sends SIGHUP to its program, and continues it.
        case hangUp = 0x68
    }

    let socket: Int32

    func answer(_ answer: Answer) {
        var byte = answer.rawValue
        _ = send(socket, &byte, 1, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }

    /// Whether the other end is closed, waiting for it so long. What it sends is read and ignored.
    func isClosed(milliseconds: Int32) -> Bool {
        guard Suspension.isReadable(socket, milliseconds: milliseconds) else { return false }
        var bytes = [UInt8](repeating: 0, count: 1 << 12)
        return recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT)) == 0
    }

    func close() { Glibc.close(socket) }
}
