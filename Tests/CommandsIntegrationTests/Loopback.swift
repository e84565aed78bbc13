// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess
import SystemPackage

/// A server on loopback, one of the scripts in `Fixtures`.
enum Loopback {
    /// Runs `script` for the duration of `body`, which gets its port; `prefix` is a command that starts the script
    /// elsewhere.
    static func with<Result: Sendable>(
        _ script: String, _ arguments: [String], inside prefix: [String] = [],
        _ body: @Sendable (Int) async throws -> Result
    ) async throws -> Result {
        let file = FilePath(#filePath).removingLastComponent().pushing("Fixtures").appending(script)
        let result = try await Subprocess.run(
            .path("/usr/bin/env"), arguments: Arguments(prefix + ["python3", file.string] + arguments),
            input: .inputWriter, output: .sequence, error: .discarded
        ) { execution in
            var result: Result?
            // Until the end: the server prints only its port, and ends with its standard input.
            for try await line in execution.standardOutput.strings() {
                guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else { continue }
                result = try await body(port)
                try await execution.standardInputWriter.finish()
            }
            return result
        }
        guard let value = result.closureResult else {
            throw Shell.Failed(script: script, output: "", error: "said nothing")
        }
        return value
    }
}
