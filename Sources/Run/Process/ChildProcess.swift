// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// A program in the terminal and the process group of this one, so that keys and window sizes reach it directly.
package struct ChildProcess: Sendable {
    /// The PID.
    package let pid: pid_t

    /// Starts `program`, found in the `PATH` of `environment`.
    ///
    /// - Parameters:
    ///   - input: The standard input; `nil` for this process's own.
    ///   - output: The standard output.
    ///   - inheriting: Further descriptors that stay open, under their own numbers.
    ///   - isSilent: Whether other output is discarded.
    /// - Throws: `RunError.toolFailed` with status 127 when it cannot be started.
    package init(
        _ program: String, _ arguments: [String], environment: [String: String], input: Int32? = nil,
        output: Int32? = nil, inheriting: [Int32] = [], isSilent: Bool = false
    ) throws(RunError) {
        guard let path = Self.find(program, path: environment["PATH"]) else { throw .toolFailed(program, 127) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input { posix_spawn_file_actions_adddup2(&actions, input, 0) }
        if isSilent {
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
        if let output { posix_spawn_file_actions_adddup2(&actions, output, 1) }
        // Duplicating a descriptor onto itself clears its close-on-exec flag (posix_spawn_file_actions_adddup2,
        // POSIX.1-2024).
        for descriptor in inheriting { posix_spawn_file_actions_adddup2(&actions, descriptor, descriptor) }
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var attributes = Self.attributes
        defer { posix_spawnattr_destroy(&attributes) }
        var child: pid_t = 0
        guard posix_spawn(&child, path.string, &actions, &attributes, &words, &variables) == 0 else {
            throw .toolFailed(program, 126)
        }
        pid = child
    }

    /// No blocked signals: the threads of the concurrency runtime block those of job control, and a client that inherits
    /// that gets an error where the kernel would stop it (termios(3)).
    private static var attributes: posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        return attributes
    }

    /// The end of a program whose output is read.
    enum Output {
        /// It succeeded, with this standard output.
        case bytes([UInt8])
        /// It could not be started, or it failed.
        case failed
        /// It did not end in time, and was killed.
        case late
    }

    /// The standard output of `program`; `nil` when it cannot be started, fails, writes more than `limit` bytes, or takes
    /// longer than a minute.
    package static func output(
        _ program: String, _ arguments: [String], environment: [String: String], limit: Int = 1 << 16
    ) -> [UInt8]? {
        guard
            case .bytes(let bytes) = output(
                program, arguments, environment: environment, limit: limit, seconds: 60)
        else { return nil }
        return bytes
    }

    /// Runs `program`, at most for `seconds` without output. More than `limit` bytes are a failure: a truncated list
    /// would be believed.
    static func output(
        _ program: String, _ arguments: [String], environment: [String: String], limit: Int, seconds: Int32
    ) -> Output {
        var ends: [Int32] = [0, 0]
        guard clinux_pipe(&ends) == 0 else { return .failed }
        let child = try? ChildProcess(program, arguments, environment: environment, output: ends[1], isSilent: true)
        close(ends[1])
        let reader = FileDescriptor(rawValue: ends[0])
        defer { try? reader.close() }
        guard let child else { return .failed }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 12)
        while true {
            guard isReadable(reader, seconds: seconds) else {
                kill(child.pid, SIGKILL)
                _ = child.wait()
                return .late
            }
            let count = (try? buffer.withUnsafeMutableBytes { try reader.read(into: $0) }) ?? 0
            guard count > 0 else { break }
            if bytes.count <= limit { bytes += buffer[..<count] }
        }
        return child.wait() == 0 && bytes.count <= limit ? .bytes(bytes) : .failed
    }

    private static func isReadable(_ file: FileDescriptor, seconds: Int32) -> Bool {
        var request = pollfd(fd: file.rawValue, events: Int16(POLLIN), revents: 0)
        while true {
            let count = poll(&request, 1, seconds * 1000)
            if count >= 0 || errno != EINTR { return count != 0 }
        }
    }

    /// The path of a program in `path`; `nil` when it is not installed.
    package static func find(_ program: String, path: String?) -> FilePath? {
        guard !program.contains("/") else { return FilePath(program) }
        let directories = (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map { FilePath(String($0)) }
        return directories.map { $0.appending(program) }.first {
            $0.isAbsolute && access($0.string, X_OK) == 0
        }
    }

    /// Waits for the process: returns its exit status, or 128 plus the number of the signal that ended it.
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) == -1 { guard errno == EINTR else { return 127 } }
        return Self.number(status)
    }

    private static func number(_ status: Int32) -> Int32 {
        status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }
}
