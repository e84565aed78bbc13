// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// Another program of this machine, with its arguments and its environment.
package struct ExternalProgram: Sendable {
    /// The path of the executable file.
    package let path: FilePath
    /// The arguments, without the name of the program.
    package let arguments: [String]
    /// The environment; nothing of this process's own is added.
    package let environment: [String: String]
    /// The working directory; `nil` for this process's own.
    package var directory: FilePath?

    /// The program at `path`.
    package init(_ path: FilePath, _ arguments: [String] = [], environment: [String: String] = [:]) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
    }

    /// The program `name` in the `PATH` of `environment`, or at `name` when that contains a slash.
    ///
    /// - Throws: `ProgramError.missing`.
    package init(named name: String, _ arguments: [String] = [], environment: [String: String]) throws(ProgramError) {
        guard let path = Self.find(name, path: environment["PATH"]) else { throw .missing(name) }
        self.init(path, arguments, environment: environment)
    }

    /// The environment of this process (environ(7)).
    package static var ownEnvironment: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            // By bytes: a combining mark after the equals sign would be one character with it.
            let parts = String(cString: text).utf8.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, let name = String(parts[0]) { variables[name] = String(parts[1]) }
            entry += 1
        }
        return variables
    }

    /// The path of a program in `path`; `nil` when it is not installed. Relative directories are not searched.
    package static func find(_ name: String, path: String?) -> FilePath? {
        guard !name.contains("/") else { return FilePath(name) }
        let directories = (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map { FilePath(String($0)) }
        return directories.map { $0.appending(name) }.first { $0.isAbsolute && access($0.string, X_OK) == 0 }
    }

    /// Starts the program (posix_spawn, POSIX.1-2024), with SIGPIPE at its default and without blocked signals.
    ///
    /// Services of systemd and children of Python ignore SIGPIPE, child processes inherit that, and pasta then fails
    /// (signal(2)). The threads of the concurrency runtime block the signals of job control, and a client that inherits
    /// that gets an error where the kernel would stop it (termios(3)).
    ///
    /// - Parameter inheriting: Further descriptors that stay open, under their own numbers.
    /// - Throws: `ProgramError.notStarted`.
    package func start(
        input: StandardStream = .null, output: StandardStream = .null, error: StandardStream = .output,
        inheriting: [Int32] = []
    ) throws(ProgramError) -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, stream) in [input, output, error].enumerated() { stream.add(to: &actions, as: Int32(number)) }
        // Duplicating a descriptor onto itself clears its close-on-exec flag (posix_spawn_file_actions_adddup2,
        // POSIX.1-2024).
        for descriptor in inheriting { posix_spawn_file_actions_adddup2(&actions, descriptor, descriptor) }
        if inheriting.isEmpty { clinux_spawn_close_from(&actions, 3) }
        if let directory { clinux_spawn_in(&actions, directory.string) }
        var words: [UnsafeMutablePointer<CChar>?] = ([path.string] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var attributes = Self.attributes
        defer { posix_spawnattr_destroy(&attributes) }
        var child: pid_t = 0
        let failure = posix_spawn(&child, path.string, &actions, &attributes, &words, &variables)
        guard failure == 0 else { throw .notStarted(path, Errno(rawValue: failure)) }
        return ChildProcess(pid: child)
    }

    /// Runs the program without input and output, and returns its exit status.
    ///
    /// - Throws: `ProgramError.notStarted`.
    @discardableResult
    package func run() throws(ProgramError) -> Int32 { try start().wait() }

    private static var attributes: posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        return attributes
    }
}

/// One of the three standard streams of a child process.
package enum StandardStream: Sendable {
    /// This process's own.
    case own
    /// `/dev/null`.
    case null
    /// An open descriptor, which stays open here.
    case descriptor(FileDescriptor)
    /// A file that is created or emptied, for its owner alone.
    case file(FilePath)
    /// For the standard error: the same as the standard output.
    case output

    fileprivate func add(to actions: inout posix_spawn_file_actions_t, as number: Int32) {
        switch self {
        case .own: break
        case .null: posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
        case .descriptor(let file): posix_spawn_file_actions_adddup2(&actions, file.rawValue, number)
        case .file(let path):
            posix_spawn_file_actions_addopen(&actions, number, path.string, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        case .output: posix_spawn_file_actions_adddup2(&actions, 1, number)
        }
    }
}

/// Why another program has no result.
package enum ProgramError: UserFacingError, Hashable {
    /// It is not installed.
    case missing(String)
    /// The system call failed.
    case notStarted(FilePath, Errno)
    /// It wrote more than `limit` bytes.
    case outputTooLarge(FilePath, limit: Int)
    /// It wrote nothing for this number of seconds.
    case silent(FilePath, seconds: Int32)

    package var sentence: String {
        switch self {
        case .missing(let name): "'\(name)' is not installed."
        case .notStarted(let path, let errno): "Cannot run '\(path)': \(errno)."
        case .outputTooLarge(let path, let limit): "'\(path)' wrote more than \(limit) bytes."
        case .silent(let path, let seconds): "'\(path)' did not answer for \(seconds) seconds."
        }
    }

    package var hint: String? {
        switch self {
        case .missing: "Install it, or add its directory to PATH."
        case .notStarted, .outputTooLarge, .silent: nil
        }
    }
}
