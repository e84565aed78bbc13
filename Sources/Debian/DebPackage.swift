// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// A binary package file, deb(5): an ar container of `debian-binary`, `control.tar` and `data.tar`, the latter two
/// optionally compressed.
package struct DebPackage: Sendable {
    /// Limits against decompression bombs; control parts are small.
    private static let controlLimits = ArchiveLimits(entries: 1000, entryBytes: 16 << 20, totalBytes: 64 << 20)

    /// The package file.
    package let file: FilePath
    private let data: ArMember
    private let place: String
    private let limits: ArchiveLimits

    /// The `control` file: one paragraph with the fields of the package (Debian Policy 5.3).
    package let control: [UInt8]
    /// Everything else in `control.tar` (scripts, md5sums, conffiles, triggers, ...), sorted by the names' bytes.
    package let controlFiles: [(name: String, mode: UInt16, bytes: [UInt8])]

    /// Opens `file` and reads its control part; `limits` apply to its data part.
    ///
    /// - Parameter place: The file's name in errors about its data part.
    /// - Throws: `DebPackageError`, `ArchiveError`, `FileError`.
    package init(file: FilePath, at place: String? = nil, limits: ArchiveLimits = .init()) throws {
        self.file = file
        self.place = place ?? file.string
        self.limits = limits
        let parts = try DebParts(file)
        data = parts.data
        var files = try DebPackage.controlFiles(in: parts.control, of: file)
        guard let control = files.removeValue(forKey: "control") else {
            throw DebPackageError.noControlFile(file: file.string)
        }
        self.control = control.bytes
        controlFiles = files.map { (name: $0.key, mode: $0.value.mode, bytes: $0.value.bytes) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Calls `body` with each entry of `data.tar` in order and a function that streams its contents; see
    /// `ArchiveReader`.
    ///
    /// - Throws: `ArchiveError`, `FileError`, and errors of `body`.
    package func forEachEntry(_ body: (ArchiveEntry, (ByteSink) throws -> Void) throws -> Void) throws {
        try DebPackage.reader(of: data, in: file, named: title.map { "\($0) (\(data.name) of \(place))" }, limits)
            .forEach(body)
    }

    /// The name and version from the control file, such as "less 590-2": errors name the package by it, not by its
    /// digest.
    private var title: String? {
        guard let fields = try? ControlParagraph.parse(control, file: file.string).first,
            let name = fields["Package"], let version = fields["Version"]
        else { return nil }
        return "\(name.prefix(100)) \(version.prefix(100))"
    }

    private static func reader(
        of member: ArMember, in file: FilePath, named name: String? = nil, _ limits: ArchiveLimits
    ) -> ArchiveReader {
        ArchiveReader(
            file: file, offset: member.offset, length: member.size, name: name ?? "\(file)(\(member.name))",
            limits: limits)
    }

    private static func controlFiles(
        in member: ArMember, of file: FilePath
    ) throws -> [String: (mode: UInt16, bytes: [UInt8])] {
        var files: [String: (mode: UInt16, bytes: [UInt8])] = [:]
        try reader(of: member, in: file, controlLimits).forEach { entry, contents in
            if entry.path.isRoot, entry.kind == .directory { return }
            guard case .file = entry.kind, isPlain(entry.path.string), files[entry.path.string] == nil else {
                throw DebPackageError.controlMember(file: file.string, name: entry.path.string)
            }
            var bytes: [UInt8] = []
            try contents { bytes.append(contentsOf: $0) }
            files[entry.path.string] = (entry.mode, bytes)
        }
        return files
    }

    /// Whether a name in `control.tar` is safe as part of a file name in dpkg's database.
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") }
    }
}
