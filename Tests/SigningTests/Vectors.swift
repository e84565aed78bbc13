// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage

/// The files of `Fixtures`, which Python and openssl wrote (`vectors.py`).
enum Vectors {
    static let passphrase = Array("correct horse".utf8)
    static let image = Digest(of: Array("the image".utf8))
    static let repository = "registry.example/team/opencode-docker"
    /// The time in all of them, in seconds since 1970.
    static let created: Int64 = 1_795_313_345

    static func path(_ name: String) -> FilePath {
        FilePath(Bundle.module.bundlePath).appending("Fixtures").appending(name)
    }

    static func bytes(_ name: String) throws -> [UInt8] { try Files.read(path(name), limit: 1 << 20) }
}

/// The output of a program.
struct Answer {
    let status: Int32
    let output: String
}

/// Runs openssl and waits.
func openssl(_ arguments: String...) throws -> Answer {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Answer(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
}
