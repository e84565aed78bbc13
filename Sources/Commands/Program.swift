// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
// For `stdout`, a variable in the C library.
@preconcurrency import Glibc
import OCI
import Run
import SystemPackage

/// The program: parses the command line, runs one subcommand, and converts errors into messages and exit statuses.
package enum Program {
    /// Divides the process of a run on a terminal in two, of which the caller's shell can stop one (`TerminalJob`). Called
    /// before anything else, because a process with threads cannot be divided.
    package static func divide() {
        let isRun = ["run", "shell"].contains(CommandLine.arguments.dropFirst().first)
        guard isRun, isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1,
            !TerminalJob.resume(CommandEnvironment.current.variable(TerminalJob.marker))
        else { return }
        if let status = TerminalJob.divide() { finish(status) }
    }

    /// Runs the subcommand of the command line, and ends the process.
    package static func main() async -> Never {
        do {
            try AddressSpaceLimit.check()
            try CompressionLibraries.check()
            var command = try OpencodeDocker.parseAsRoot(arguments())
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            finish(ExitStatus.done.rawValue)
        } catch let status as ExitStatusRequest {
            finish(status.status.rawValue)
        } catch {
            end(with: error)
        }
    }
}

extension Program {
    /// ArgumentParser's description of the whole command line, as `--experimental-dump-help` prints it.
    package static func helpDump() -> String { OpencodeDocker._dumpHelp() }

    /// The command line with the options of the environment.
    private static func arguments() throws -> [String] {
        var given = Array(CommandLine.arguments.dropFirst())
        // Help for an unknown subcommand would be that of the program; without the word it is the usual error.
        if given.first == "help", given.count > 1, !isSubcommand(given[1]) { given.removeFirst() }
        let variables = CommandEnvironment.current.variables.filter { OptionVariables.isPossible($0.key) }
        // Only the running subcommand is described, because describing all of them takes as long as everything that
        // `run` does before the engine starts. The root has no options with environment variables.
        let subcommands = OpencodeDocker.configuration.subcommands
        guard !variables.isEmpty, let name = given.first,
            let command = subcommands.first(where: { $0.configuration.commandName == name })
        else { return given }
        let optionVariables = try OptionVariables(helpDump: command._dumpHelp())
        return [name] + (try optionVariables.arguments(Array(given.dropFirst()), environment: variables))
    }

    private static func isSubcommand(_ name: String) -> Bool {
        name.hasPrefix("-")
            || OpencodeDocker.configuration.subcommands.contains { $0.configuration.commandName == name }
    }

    private static func end(with error: any Error) -> Never {
        let colour = ConsoleSettings.wantsColour(
            environment: CommandEnvironment.current.variables, isTerminal: isatty(STDERR_FILENO) == 1)
        guard
            let shown = ErrorPresenter.present(
                error, of: OpencodeDocker.self, arguments: CommandLine.arguments, colour: colour)
        else {
            endAsParsed(error)
        }
        StandardError.write(shown.text)
        finish(shown.status.rawValue)
    }

    /// Prints ArgumentParser's output: help and version on standard output, usage errors on standard error.
    private static func endAsParsed(_ error: any Error) -> Never {
        let text = OpencodeDocker.fullMessage(for: error)
        let status = OpencodeDocker.exitCode(for: error)
        if status.isSuccess {
            print(text)
        } else if !text.isEmpty {
            StandardError.write(text + "\n")
        }
        finish(status.rawValue)
    }

    /// Ends the process after flushing standard output, and reports a failed write.
    ///
    /// The exit handlers of libraries are skipped: a connection may still be closing on its own thread, and OpenSSL's
    /// handler, OPENSSL_cleanup(3), frees the locks that it is about to release.
    static func finish(_ status: Int32) -> Never {
        // The C library remembers an earlier failed write, but not its errno.
        let failure = fflush(stdout) != 0 ? errno : ferror(stdout) != 0 ? EIO : 0
        guard failure != 0, status == ExitStatus.done.rawValue else { _exit(status) }
        end(with: FileError("write", "standard output", Errno(rawValue: failure)))
    }
}

/// Thrown by a command that has printed everything and ends with its own status.
struct ExitStatusRequest: Error {
    let status: ExitStatus
}

/// The root of the command line.
struct OpencodeDocker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "opencode-docker",
        abstract: "Build, verify and run a hardened image for a coding agent.",
        discussion: """
            The pipeline: resolve pins Debian packages in versions.lock, context collects everything that the image \
            needs, build makes the image without a daemon, verify starts it and checks the claims of SECURITY.md, \
            release publishes it with signatures, and nightly does so when Debian has updates. run starts the agent in \
            the image, on the current directory.

            EXAMPLES
              opencode-docker build --base      build the image without the agent
              opencode-docker verify --base     verify the security claims
              opencode-docker run               start the agent in the current directory
              opencode-docker resolve --check   check versions.lock against image.yaml

            Results go to standard output, everything else to standard error. Exit statuses: 0 done, 1 the answer is \
            no, 2 something broke, 3 nothing to do, 64 usage, 75 try again later, 130 interrupted.
            """,
        version: ProgramVersion.current,
        subcommands: [
            ResolveCommand.self, ContextCommand.self, BuildCommand.self, VerifyCommand.self, ReproduceCommand.self,
            ReleaseCommand.self, NightlyCommand.self, DiffCommand.self, ChangelogCommand.self, ProfileCommand.self,
            PushCommand.self, PullCommand.self, CopyCommand.self, RunCommand.self, ShellCommand.self,
            ExportCommand.self, ProjectsCommand.self, NetworkCommand.self, GitConfigCommand.self, KeyCommand.self,
            KeygenCommand.self, SignCommand.self, SbomCommand.self,
            CleanCommand.self, DoctorCommand.self, ManualCommand.self,
        ])
}
