// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Glibc
import Run
import SystemPackage
import TestSupport

/// A temporary directory, and the machine's own programs for comparison.
enum Fixture {
    struct Failed: Error { let command: String }

    /// Runs `body` with a new empty directory by its real path, which is removed afterwards.
    static func directory<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
        let directory = try makeTemporaryDirectory(prefix: "run-test")
        defer {
            // Some tests leave names and depths that only this removal handles.
            _ = try? ContainerTree(directory).removeContents()
            rmdir(directory.string)
        }
        return try body(directory)
    }

    /// Runs a shell script with `arguments` as `$1`, `$2`...; it must succeed.
    @discardableResult
    static func shell(_ script: String, _ arguments: String..., variables: [String: String] = [:]) throws -> String {
        let own = ["PATH": "/usr/bin:/bin:/usr/sbin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"]
        let output = ExternalProgram.output(
            of: "sh", ["-ec", "cd /; \(script)", "sh"] + arguments, environment: own.merging(variables) { $1 },
            limit: 1 << 20)
        guard let output else { throw Failed(command: script) }
        return String(decoding: output, as: UTF8.self)
    }
}
