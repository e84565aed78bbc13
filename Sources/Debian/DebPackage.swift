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
    /// The location of the file for messages.
    package let place: String
    private let limits: ArchiveLimits

    /// The `control` file: one paragraph with the fields of the package (Debian Policy 5.3).
    package let control: [UInt8]
    /// Everything else in `control.tar` (scripts, md5sums, conffiles, triggers, ...), sorted by the names' bytes.
    package let controlFiles: [(name: String, mode: UInt16, bytes: [UInt8])]
    /// The configuration files, in the package's order.
    package let conffiles: [Conffile]
    /// The directives of the file `triggers`, in the package's order.
    package let triggers: [TriggerDirective]

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
        let title = Self.title(control.bytes, at: self.place)
        conffiles = try Self.read("conffiles", of: files, title, Conffile.list)
        triggers = try Self.read("triggers", of: files, title, TriggerDirective.list)
    }

    private static func read<Line>(
        _ name: String, of files: [String: (mode: UInt16, bytes: [UInt8])], _ title: String,
        _ parse: ([UInt8]) throws(DpkgRefusal) -> [Line]
    ) throws -> [Line] {
        guard let file = files[name] else { return [] }
        do { return try parse(file.bytes) } catch {
            throw DebPackageError.malformedControlFile(package: title, name: name, problem: error.clause)
        }
    }

    /// Calls `body` with each entry of `data.tar` in order and a function that streams its contents; see
    /// `ArchiveReader`.
    ///
    /// - Throws: `DebPackageError.refusedPath`, `ArchiveError`, `FileError`, and what `body` throws.
    package func forEachEntry(_ body: (ArchiveEntry, (ByteSink) throws -> Void) throws -> Void) throws {
        let name = Self.name(control).map { "\($0) (\(data.name) of \(place))" }
        let listed = Dictionary(conffiles.map { (String($0.path.dropFirst()), $0.isRemoved) }) { $0 || $1 }
        try withoutActuallyEscaping(body) { body in
            try DebPackage.reader(of: data, in: file, named: name, limits).forEach { entry, contents in
                if let problem = Self.problem(of: entry, isRemovedConffile: listed[entry.path.string]) {
                    throw DebPackageError.refusedPath(
                        package: Self.title(control, at: place), path: "/\(entry.path)", problem: problem)
                }
                try body(entry, contents)
            }
        }
    }

    /// The reason why no package can ship `entry`, as a clause; `nil` for an acceptable entry.
    ///
    /// - Parameter isRemovedConffile: Whether the entry is a configuration file with the flag `remove-on-upgrade`;
    ///   `nil` when it is not a configuration file.
    private static func problem(of entry: ArchiveEntry, isRemovedConffile: Bool?) -> String? {
        let path = entry.path.string
        // dpkg's lists have one path per line; dpkg refuses such a path, too (`tarobject` in its
        // `src/main/archives.c`).
        if path.utf8.contains(UInt8(ascii: "\n")) { return "has a newline in its name" }
        if entry.path.name.utf8.count > longestName {
            return "has a name of more than \(longestName) bytes, to which dpkg cannot append '.dpkg-new'"
        }
        if isRemovedConffile == true { return "its 'conffiles' marks with remove-on-upgrade" }
        if isRemovedConffile != nil, entry.kind == .directory { return "is a directory, and listed in 'conffiles'" }
        if path == ".opencode-docker" || path.utf8.starts(with: ".opencode-docker/".utf8) {
            return "is where the image is configured"
        }
        let isDatabase = path.utf8.starts(with: "var/lib/dpkg/".utf8) && entry.kind != .directory
        return isDatabase && !path.utf8.starts(with: "var/lib/dpkg/alternatives/".utf8)
            ? "is a file of dpkg's own database" : nil
    }

    /// The longest file name in bytes: dpkg unpacks every file under a temporary name with nine more (`DPKGNEWEXT` in
    /// its `lib/dpkg/dpkg.h`), and file systems take 255.
    private static let longestName = 255 - ".dpkg-new".utf8.count

    /// The title of the package, such as "'less 590-2' (pool/main/l/less/less_590-2_amd64.deb)", or only its location.
    private static func title(_ control: [UInt8], at place: String) -> String {
        name(control).map { "'\($0)' (\(place))" } ?? "'\(place)'"
    }

    /// The name and version in the control file, such as "less 590-2": messages name the package, not its digest.
    private static func name(_ control: [UInt8]) -> String? {
        guard let fields = try? ControlParagraph.parse(control, file: "control").first,
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
            let name = entry.path.string
            guard case .file = entry.kind, isPlain(name), files[name] == nil else {
                throw DebPackageError.controlMember(file: file.string, name: name)
            }
            if isIgnored(name) { return }
            guard name.utf8.count <= longestControlName else {
                throw DebPackageError.controlName(file: file.string, name: name)
            }
            var bytes: [UInt8] = []
            try contents { bytes.append(contentsOf: $0) }
            files[name] = (entry.mode, bytes)
        }
        return files
    }

    /// The longest name of a file in `control.tar` (`MAXCONTROLFILENAME` in dpkg's `lib/dpkg/dpkg.h`).
    private static let longestControlName = 100

    /// Whether dpkg ignores a file of `control.tar` with this name: it writes the list of a package itself, and a name
    /// with a dot could be that of another package's file (`pkg_infodb_update` in its `src/main/unpack.c`).
    private static func isIgnored(_ name: String) -> Bool { name == "list" || name.utf8.contains(UInt8(ascii: ".")) }

    /// Whether a name in `control.tar` is safe as part of a file name in dpkg's database.
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") }
    }
}
