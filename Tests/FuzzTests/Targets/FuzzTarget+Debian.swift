// SPDX-License-Identifier: Apache-2.0

import Archive
import Debian
import Glibc
import SystemPackage

extension FuzzTarget {
    /// A parsed document that is written and parsed again is the same (Debian Policy 5.1).
    static func control(_ bytes: [UInt8]) throws {
        let paragraphs = try ControlParagraph.parse(bytes, file: "control")
        let text = paragraphs.map { paragraph in
            paragraph.fields.map { "\($0.name): \($0.value.replacing("\n", with: "\n "))\n" }.joined()
        }.joined(separator: "\n")
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return }
        let again = try ControlParagraph.parse(Array(text.utf8), file: "control")
        try expect(again.map { $0.fields.map(\.name) } == paragraphs.map { $0.fields.map(\.name) }, "fields were lost")
    }

    /// A version equals its printed form, and comparing is antisymmetric (Debian Policy 5.6.12).
    static func version(_ bytes: [UInt8]) throws {
        let versions = String(decoding: bytes, as: UTF8.self).split(separator: "\n").prefix(4)
            .compactMap { try? DebianVersion($0) }
        for first in versions {
            try expect(try DebianVersion(first.description).order(to: first) == 0, "\(first) is not itself")
            for second in versions {
                try expect(first.order(to: second) == -second.order(to: first), "\(first) and \(second)")
                for third in versions where first.order(to: second) <= 0 && second.order(to: third) <= 0 {
                    try expect(first.order(to: third) <= 0, "\(first), \(second), \(third)")
                }
            }
        }
        _ = try DebianVersion(String(decoding: bytes, as: UTF8.self))
    }

    /// A relation equals its printed form (Debian Policy 7.1).
    static func dependency(_ bytes: [UInt8]) throws {
        let groups = try Dependency.parseList(String(decoding: bytes, as: UTF8.self))
        let text = groups.map { $0.map(\.description).joined(separator: " | ") }.joined(separator: ", ")
        try expect(try Dependency.parseList(text) == groups, "printed as \(text.debugDescription)")
    }

    /// An index has two parsers: the fast one for whole files, and the one for single paragraphs.
    static func packages(_ bytes: [UInt8]) throws {
        _ = try PackageUniverse(
            [PackagesIndex(archive: "bookworm", file: "Packages", bytes: bytes)], architecture: .amd64)
        for paragraph in try ControlParagraph.parse(bytes, file: "Packages") {
            let record = try PackageRecord(paragraph, file: "Packages", archive: "bookworm")
            try expect(PackageRecord.isPoolPath(record.path), "the path \(record.path)")
        }
    }

    static func release(_ bytes: [UInt8]) throws { _ = try Release(parsing: bytes, file: "Release") }

    static func deb(_ bytes: [UInt8]) throws {
        try withFile(bytes) { file in
            let limits = ArchiveLimits(entries: 1000, entryBytes: 1 << 20, totalBytes: 1 << 22)
            let package = try DebPackage(file: file, limits: limits)
            _ = try ControlParagraph.parse(package.control, file: "control")
            try package.forEachEntry { _, contents in try contents { _ in } }
        }
    }

    /// An anonymous file in memory.
    static func withFile(_ bytes: [UInt8], _ body: (FilePath) throws -> Void) throws {
        let path = FilePath("/dev/shm/fuzz-\(getpid())-\(UInt64.random(in: 0 ... .max))")
        let file = try FileDescriptor.open(
            path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        unlink(path.string)
        try file.closeAfter {
            try file.writeAll(bytes)
            try body(FilePath("/proc/self/fd/\(file.rawValue)"))
        }
    }
}
