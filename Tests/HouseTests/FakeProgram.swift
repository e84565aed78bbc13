// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A script that a test executes.
enum FakeProgram {
    struct Failed: Error { let status: Int32 }

    /// Writes an executable file by another process: a file that this process has open for writing stays open in a child
    /// that another test forks at that moment, and the kernel refuses to execute it then (`ETXTBSY`, execve(2)).
    static func write(_ text: String, to file: URL) throws {
        let source = file.appendingPathExtension("text")
        try text.write(to: source, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/install")
        process.arguments = ["-m", "755", source.path, file.path]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(status: process.terminationStatus) }
    }
}
