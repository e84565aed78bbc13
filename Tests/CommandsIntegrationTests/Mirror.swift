// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess
import SystemPackage

/// A mirror on loopback that passes the machine's own on, and lies about some of its files (`Fixtures/mirror.py`).
struct Mirror {
    /// What it does to a file.
    enum Fault: String { case missing, flipped, truncated, text }

    /// Where it listens, for `--mirror`.
    let address: String

    /// Serves for the time of `body`; `pattern` is a regular expression for the paths of the files it lies about.
    static func with<Result: Sendable>(
        _ fault: Fault, _ pattern: String, _ body: @Sendable (Mirror) async throws -> Result
    ) async throws -> Result {
        let script = FilePath(#filePath).removingLastComponent().pushing("Fixtures/mirror.py")
        let result = try await Subprocess.run(
            .path("/usr/bin/python3"), arguments: [script.string, try await upstream(), fault.rawValue, pattern],
            input: .inputWriter, output: .sequence, error: .discarded
        ) { execution in
            var result: Result?
            // To the end: the server says nothing else, and ends with its standard input.
            for try await line in execution.standardOutput.strings() {
                let port = line.trimmingCharacters(in: .whitespacesAndNewlines)
                result = try await body(Mirror(address: "http://127.0.0.1:\(port)"))
                try await execution.standardInputWriter.finish()
            }
            return result
        }
        guard let value = result.closureResult else {
            throw Shell.Failed(script: "mirror.py", output: "", error: "said nothing")
        }
        return value
    }

    /// The address above the machine's own `debian`.
    private static func upstream() async throws -> String {
        let script = "apt-get indextargets --format '$(REPO_URI)' | sed -n 's,/debian/*$,,p' | sort -u | head -n 1"
        return try await Shell.must(script).trimmingCharacters(in: .newlines)
    }
}
