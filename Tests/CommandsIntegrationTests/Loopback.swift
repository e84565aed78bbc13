// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import TestSupport

/// A server on loopback, one of the scripts in `Fixtures`.
enum Loopback {
    /// Runs `script` for the duration of `body`, which gets its port; `prefix` is a command that starts the script
    /// elsewhere.
    static func with<Result: Sendable>(
        _ script: String, _ arguments: [String], inside prefix: [String] = [],
        _ body: @Sendable (Int) async throws -> Result
    ) async throws -> Result {
        let file = FilePath(#filePath).removingLastComponent().pushing("Fixtures").appending(script)
        let program = ExternalProgram(
            "/usr/bin/env", prefix + ["python3", file.string] + arguments, environment: ExternalProgram.ownEnvironment)
        return try await PortServer.with(program, body)
    }
}
