// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// A project is identified by its real path: two directories of the same name share nothing.
package struct Project: Hashable, Sendable {
    /// The directory.
    package let directory: MountableDirectory
    /// The first 16 hexadecimal digits of the SHA-256 of the real path.
    package let id: String

    /// The project in `directory`.
    package init(_ directory: MountableDirectory) {
        self.directory = directory
        id = Self.id(of: directory.path)
    }

    /// The ID of the project at a real path.
    package static func id(of path: FilePath) -> String {
        let bytes = path.withPlatformString { Array(UnsafeBufferPointer(start: $0, count: path.length)) }
        return String(Digest(of: bytes.map { UInt8(bitPattern: $0) }).hex.prefix(16))
    }

    /// The directory's name in letters, digits and dashes, at most 24 characters.
    package var word: String {
        let name = (directory.path.lastComponent?.string ?? "").lowercased()
        let letters = name.utf8.map { byte in
            (97...122).contains(byte) || (48...57).contains(byte) ? byte : UInt8(ascii: "-")
        }
        let parts = letters.split(separator: UInt8(ascii: "-")).map { String(decoding: $0, as: UTF8.self) }
        let word = parts.joined(separator: "-").prefix(24)
        return word.isEmpty ? "project" : word.last == "-" ? String(word.dropLast()) : String(word)
    }

    /// The name of a container, with the launcher's PID, because a project can be started twice.
    package func containerName(launcher: Int32) -> String { "opencode-\(word)-\(id.prefix(8))-\(launcher)" }
}
