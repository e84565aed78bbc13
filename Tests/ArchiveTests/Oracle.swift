// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Foundation
import SystemPackage
import TestSupport

/// External programs as oracles.
enum Oracle {
    static func text(_ line: String, in directory: FilePath) throws -> String {
        String(decoding: try ShellLine.run(line, in: directory), as: UTF8.self)
    }

    static func has(_ program: String) -> Bool {
        ["/usr/bin/", "/bin/", "/usr/sbin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + program) }
    }

    static var isRoot: Bool { geteuid() == 0 }
}

/// An entry with its contents.
struct Member: Hashable {
    var entry: ArchiveEntry
    var bytes: [UInt8] = []

    init(_ entry: ArchiveEntry, _ bytes: [UInt8] = []) {
        self.entry = entry
        self.bytes = bytes
    }

    init(_ path: String, _ kind: ArchiveEntry.Kind, mode: UInt16 = 0o644) throws {
        entry = ArchiveEntry(path: try ArchivePath(path), kind: kind, mode: mode, mtime: 1_700_000_000)
    }

    init(file path: String, _ text: String, mode: UInt16 = 0o644) throws {
        bytes = Array(text.utf8)
        entry = ArchiveEntry(
            path: try ArchivePath(path), kind: .file(size: UInt64(bytes.count)), mode: mode, mtime: 1_700_000_000)
    }
}

extension ArchiveReader {
    /// All entries of the archive.
    func members() throws -> [Member] {
        var members: [Member] = []
        try forEach { entry, contents in
            var bytes: [UInt8] = []
            try contents { bytes.append(contentsOf: $0) }
            members.append(Member(entry, bytes))
        }
        return members
    }
}

/// Writes a tar of `members`.
func tar(_ members: [Member]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let writer = try TarWriter { bytes.append(contentsOf: $0) }
    for member in members { try writer.append(member.entry, bytes: member.bytes) }
    try writer.finish()
    return bytes
}
