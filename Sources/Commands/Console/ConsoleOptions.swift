// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Glibc

/// Options for the amount and form of console output, for every long command.
package struct ConsoleOptions: ParsableArguments {
    @Option(
        help: .init(
            "How to show progress: auto, plain, bar or none. [environment: OPENCODE_DOCKER_PROGRESS]",
            valueName: "mode"))
    var progress: ProgressMode?

    @Flag(name: .shortAndLong, help: "Print only warnings and errors. [environment: OPENCODE_DOCKER_QUIET=1]")
    var quiet = false

    @Flag(
        name: .shortAndLong,
        help:
            "Print each single step, and each address that failed. [environment: OPENCODE_DOCKER_VERBOSE=1]"
    )
    var verbose = false

    /// The defaults.
    package init() {}

    /// Refuses contradictory options.
    package func validate() throws {
        if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other.") }
    }

    /// The settings for this process's standard error.
    package func settings(environment: [String: String]) -> ConsoleSettings {
        let isOn = { (name: String) in !["", "0", nil].contains(environment[name]) }
        let isVerbose = verbose || (!quiet && isOn("OPENCODE_DOCKER_VERBOSE"))
        let isQuiet = quiet || (!verbose && isOn("OPENCODE_DOCKER_QUIET"))
        let mode = progress ?? environment["OPENCODE_DOCKER_PROGRESS"].flatMap(ProgressMode.init(rawValue:))
        return ConsoleSettings(
            mode: mode ?? .auto, verbosity: isQuiet ? .quiet : isVerbose ? .verbose : .normal,
            environment: environment, isTerminal: isatty(STDERR_FILENO) == 1, width: StandardError.width)
    }

    /// Runs `body` with progress on standard error, which is erased when it returns or throws.
    func withProgress<Result>(
        environment: [String: String], _ body: (@escaping ProgressSink) async throws -> Result
    ) async rethrows -> Result {
        let start = ContinuousClock.now
        let settings = settings(environment: environment)
        let console = ProgressConsole(
            settings: settings, now: { ContinuousClock.now - start },
            write: StandardError.write)
        defer { console.finish() }
        do { return try await body(console.sink) } catch {
            if settings.verbosity == .verbose, let error = error as? any UserFacingError {
                for detail in error.details { console.take(.note(detail)) }
            }
            throw error
        }
    }
}

/// Standard error of this process.
package enum StandardError {
    /// The width of the terminal; `nil` when standard error is not one.
    package static var width: Int? {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes `text` at once; a closed standard error is ignored.
    package static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
