// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// A child process that is started and awaited outside of any task: for cleanup, which must also run in a cancelled
/// task, and for helpers that live as long as a scope.
struct BlockingProcess {
    /// The PID.
    let processIdentifier: pid_t

    /// Starts the program. Without `input` it reads /dev/null; without `output` its output is discarded.
    ///
    /// - Throws: `Errno`.
    init(
        _ program: FilePath, _ arguments: [String], input: FileDescriptor? = nil, output: FilePath? = nil,
        variables: [String] = Self.ownVariables
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input.rawValue, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(
            &actions, 1, output?.string ?? "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var words: [UnsafeMutablePointer<CChar>?] = ([program.string] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { for word in words + variables { free(word) } }
        var attributes = Self.attributes
        defer { posix_spawnattr_destroy(&attributes) }
        var child: pid_t = 0
        let failure = posix_spawn(&child, program.string, &actions, &attributes, &words, &variables)
        guard failure == 0 else { throw Errno(rawValue: failure) }
        processIdentifier = child
    }

    /// Resets SIGPIPE to its default. Services of systemd and children of Python ignore it, child processes inherit
    /// that, and pasta then fails (signal(2), RETURN VALUE).
    private static var attributes: posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        return attributes
    }

    /// The PATH of the engine's tools.
    static let path = "/usr/sbin:/usr/bin:/sbin:/bin"
    static let ownVariables = ["PATH=\(path)"]

    /// Runs the program and returns its exit status, -1 when a signal ended it.
    ///
    /// - Throws: `Errno` when it could not be started.
    @discardableResult
    static func run(
        _ program: FilePath, _ arguments: [String], output: FilePath? = nil, variables: [String] = Self.ownVariables
    ) throws -> Int32 {
        try BlockingProcess(program, arguments, output: output, variables: variables).wait()
    }

    /// Returns whether the process has ended. An ended process needs no `wait()`.
    func hasEnded() -> Bool {
        waitpid(processIdentifier, nil, WNOHANG) == processIdentifier
    }

    /// Sends SIGKILL.
    func kill() {
        Glibc.kill(processIdentifier, SIGKILL)
        _ = wait()
    }

    /// Waits for the process and returns its exit status, -1 when a signal ended it.
    @discardableResult
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(processIdentifier, &status, 0) == -1 { guard errno == EINTR else { return -1 } }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : -1
    }
}
