// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import Launching
import SystemPackage

/// The environment of a command: read once here, and passed to the stages as arguments.
struct CommandEnvironment: Sendable {
    /// The environment variables.
    let variables: [String: String]

    /// The environment of this process.
    static var current: CommandEnvironment { CommandEnvironment(variables: ExternalProgram.ownEnvironment) }

    /// The variable `name`; `nil` when it is unset or empty.
    func variable(_ name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The store's directory: `OPENCODE_DOCKER_STORE`, else the user's cache (XDG base directory specification).
    var storeDirectory: FilePath {
        if let chosen = variable("OPENCODE_DOCKER_STORE") { return FilePath(chosen) }
        let cache = Caller.base("XDG_CACHE_HOME", in: variables) ?? Caller.home(in: variables).appending(".cache")
        return cache.appending("opencode-docker")
    }

    /// The number of processors.
    var cores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The current time, in seconds since 1970.
    var now: Int64 { Int64(time(nil)) }

    /// Nanoseconds since 1970 by the kernel's clock for file times, which ticks every few milliseconds.
    @Sendable static func coarseClock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// The capabilities of standard output.
struct OutputTerminal {
    /// The line width; `nil` when standard output is not a terminal, and lines are not wrapped.
    let width: Int?
    /// Whether colour is supported and wanted.
    let colour: Bool
}

extension CommandEnvironment {
    /// Standard output.
    var standardOutput: OutputTerminal {
        guard isatty(STDOUT_FILENO) == 1 else { return OutputTerminal(width: nil, colour: false) }
        var size = winsize()
        // A terminal of unknown width (a serial line, a recording) counts as 80 columns.
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return OutputTerminal(
            width: isKnown ? Int(size.ws_col) : 80,
            colour: ConsoleSettings.wantsColour(environment: variables, isTerminal: true))
    }
}
