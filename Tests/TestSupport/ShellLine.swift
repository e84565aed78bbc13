// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Runs external programs in an environment that is the same on every machine.
package enum ShellLine {
    /// A line that failed.
    package struct Failed: Error {
        let line: String
        let status: Int32
    }

    /// Runs a line of bash in `directory` and returns its standard output.
    ///
    /// - Throws: `Failed` when any of its commands fails.
    @discardableResult
    package static func run(_ line: String, in directory: FilePath) throws -> [UInt8] {
        var bash = ExternalProgram(
            "/bin/bash", ["-euo", "pipefail", "-c", "umask 022; " + line],
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"])
        bash.directory = directory
        let result = try PipedProcess(bash, error: .own).read(limit: 1 << 28)
        guard result.status == 0 else { throw Failed(line: line, status: result.status) }
        return result.standardOutput
    }
}

/// Writes an executable file by another process.
///
/// A file that this process has open for writing stays open in a child that another test forks at that moment, and the
/// kernel refuses to execute it then (`ETXTBSY`, execve(2)).
///
/// - Throws: A `FileError`; a `ShellLine.Failed`.
package func writeProgram(_ text: String, to path: FilePath) throws {
    try Files.write(Array(text.utf8), to: FilePath(path.string + ".text"))
    let name = path.lastComponent?.string ?? ""
    try ShellLine.run("install -m 755 './\(name).text' './\(name)'", in: path.removingLastComponent())
}
