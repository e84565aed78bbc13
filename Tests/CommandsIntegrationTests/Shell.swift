// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The exit status and the output of a program.
struct Ending {
    /// The exit status; 128 plus the signal number for a killed program, as in a shell.
    let status: Int32
    let output: String
    let error: String

    /// The last line of standard output.
    var lastLine: String { output.split(separator: "\n").last.map(String.init) ?? "" }
}

/// The machine's own programs, called through its shell.
enum Shell {
    /// A script that had to succeed failed.
    struct Failed: Error { let script, output, error: String }

    /// Runs `script` with `arguments` as `$1`, `$2`, ...
    static func run(
        _ script: String, _ arguments: [String] = [], environment: [String: String] = [:], limit: Int = 1 << 26
    ) async throws -> Ending {
        // Job control of a script (`set -m`) in the session of a terminal would stop it, and the test with it, forever.
        let result = try await ExternalProgram(
            "/usr/bin/setsid", ["/bin/sh", "-c", script, "sh"] + arguments,
            environment: ExternalProgram.ownEnvironment.merging(environment) { $1 }
        ).result(limit: limit)
        return Ending(
            status: result.status, output: String(decoding: result.standardOutput, as: UTF8.self),
            error: String(decoding: result.standardError, as: UTF8.self))
    }

    /// Runs a script that must succeed and returns its standard output.
    @discardableResult
    static func must(
        _ script: String, _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws -> String {
        let ending = try await run(script, arguments, environment: environment)
        guard ending.status == 0 else {
            throw Failed(script: script, output: ending.output, error: ending.error)
        }
        return ending.output
    }

    /// Runs `script` and kills it as soon as a line of its standard error matches the regular expression `says`.
    ///
    /// The script must `exec` the program, so that the killed process is the program.
    static func kill(
        _ script: String, _ arguments: [String] = [], environment: [String: String], when says: String
    ) async throws -> Ending {
        let watch = """
            log=$(mktemp); sh -c "$SCRIPT" sh "$@" > /dev/null 2> "$log" & program=$!
            until grep -q -- "$SAYS" "$log"; do
                kill -0 "$program" 2> /dev/null || { cat "$log" >&2; rm "$log"; exit 98; }
                sleep 0.02
            done
            kill -KILL "$program"; rm "$log"; wait "$program"
            """
        return try await run(
            watch, arguments, environment: environment.merging(["SCRIPT": script, "SAYS": says]) { $1 })
    }
}
