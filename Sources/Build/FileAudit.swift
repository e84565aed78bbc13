// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Core
import SystemPackage

/// Compares the result of the configure step with dpkg's data on each package: its list, the diversions
/// (dpkg-divert(1)) and its contents. A file that the step did not change is the package's own, because no other
/// package that was unpacked without dpkg ships its path (`PackageFiles.shared`); so only the step's changes are
/// checked.
struct FileAudit {
    private let plan: UnpackPlan
    private let changes: TreeChanges
    private let diversions: [Diversion]
    private let comparison = FileComparison()

    /// A path that is diverted for all packages but one.
    private struct Diversion {
        let from: String
        let to: String
        let package: String
    }

    /// Creates an audit of `changes`, including the seed, of a step with `plan`.
    ///
    /// - Throws: `FileError` when dpkg's database cannot be read.
    init(_ changes: TreeChanges, plan: UnpackPlan) throws {
        self.plan = plan
        self.changes = changes
        guard let database = Self.file(try ArchivePath("var/lib/dpkg/diversions"), in: changes) else {
            diversions = []
            return
        }
        // Three lines each; the package is `:` for the administrator's diversions (dpkg's lib/dpkg/db-fsys-divert.c).
        let lines = try Files.read(database, limit: 1 << 24).split(separator: UInt8(ascii: "\n"))
            .map { String(decoding: $0, as: UTF8.self) }
        diversions = stride(from: 0, to: lines.count - 2, by: 3).map {
            Diversion(from: lines[$0], to: lines[$0 + 1], package: lines[$0 + 2])
        }
    }

    /// A regular file that the step wrote; nil when a script replaced it by something else.
    private static func file(_ path: ArchivePath, in changes: TreeChanges) -> FilePath? {
        guard let change = changes.entries[path], case .file = change.entry.kind else { return nil }
        return change.file
    }

    /// Whether the path does not persist across starts (Filesystem Hierarchy Standard 3.0, 3.15, 3.18, 5.15).
    private static func isVolatile(_ path: ArchivePath) -> Bool {
        ["run/", "tmp/", "var/tmp/"].contains { path.string.utf8.starts(with: $0.utf8) }
    }

    /// The packages that were unpacked without dpkg and differ from dpkg's data, with one path each.
    ///
    /// - Throws: `FileError`, `ArchiveError`.
    func differences() throws -> [String: String] {
        var found: [String: String] = [:]
        func note(_ package: PackageFiles.Package, _ path: ArchivePath) {
            let name = package.facts.name
            found[name] = min(found[name] ?? "/" + path.string, "/" + path.string)
        }
        var diverted = Set<ArchivePath>()
        for diversion in diversions {
            let (from, to) = (try PackageFiles.place(of: diversion.from), try PackageFiles.place(of: diversion.to))
            guard let owner = native(from), owner.facts.name != diversion.package else { continue }
            diverted.insert(from)
            if try !isThere(to, as: from, of: owner) { note(owner, from) }
        }
        for path in changes.hidden where !diverted.contains(path) && !Self.isVolatile(path) {
            if let owner = native(path) { note(owner, path) }
        }
        for (path, change) in changes.entries where !diverted.contains(path) && change.entry.kind != .directory {
            guard let owner = native(path) ?? lister(path), !isConffile(path, of: owner, change) else { continue }
            if try !isThere(path, as: path, of: owner) { note(owner, path) }
        }
        return found
    }

    /// The paths, sorted, of files that scripts changed in packages that dpkg unpacked.
    ///
    /// - Throws: `FileError`, `ArchiveError`.
    func changedByScripts() throws -> [String] {
        try plan.files.packages.filter { plan.reasons[$0.facts.name] != nil }.flatMap { package in
            let (digests, listed) = (try digests(of: package), try finalList(of: package))
            return try package.listed.filter { path in
                guard listed.contains(path), !package.facts.conffiles.contains(where: { $0.path == path }) else {
                    return false
                }
                return try !isUnchanged(path, of: package, digests[path])
            }
        }
        .sorted()
    }

    private func isUnchanged(_ path: String, of package: PackageFiles.Package, _ digest: String?) throws -> Bool {
        let diversion = diversions.first { $0.from == path && $0.package != package.facts.name }
        let place = try PackageFiles.place(of: diversion?.to ?? path)
        guard let change = changes.entries[place] else { return !changes.hidden.contains(place) }
        guard let digest, change.entry.kind != .directory else { return true }
        switch change.entry.kind {
        case .file, .hardlink: return try comparison.md5(of: change.file) == digest
        case .directory, .symlink: return false
        }
    }

    private func native(_ path: ArchivePath) -> PackageFiles.Package? {
        plan.files.owner(of: path).flatMap { plan.reasons[$0.facts.name] == nil ? $0 : nil }
    }

    /// The package whose list is `path`, when it was unpacked without dpkg.
    private func lister(_ path: ArchivePath) -> PackageFiles.Package? {
        guard path.string.hasPrefix("var/lib/dpkg/info/"), path.string.hasSuffix(".list") else { return nil }
        let name = path.name.dropLast(".list".count)
        return plan.files.packages.first { $0.facts.qualifiedName == name && plan.reasons[$0.facts.name] == nil }
    }

    /// Whether the path is a configuration file and still a regular file: dpkg records its digest, and scripts may
    /// change it.
    private func isConffile(_ path: ArchivePath, of owner: PackageFiles.Package, _ change: TreeChanges.Change) -> Bool {
        guard case .file = change.entry.kind else { return false }
        return owner.facts.conffiles.contains { (try? PackageFiles.place(of: $0.path)) == path }
    }

    /// Whether the changes contain at `path` the file that `owner` ships at `original`.
    private func isThere(_ path: ArchivePath, as original: ArchivePath, of owner: PackageFiles.Package) throws -> Bool {
        guard let change = changes.entries[path] else { return false }
        // dpkg treats a link to a directory as the directory: base-files ships /var/lock, which a script replaces by a
        // link.
        if case .symlink = change.entry.kind, Files.isDirectory(owner.tree.pushing(FilePath(original.string))) {
            return true
        }
        return try comparison.areSame(
            change.file, owner.tree.pushing(FilePath(original.string)), metadata: false)
    }

    private func digests(of package: PackageFiles.Package) throws -> [String: String] {
        let file = package.tree.pushing("var/lib/dpkg/info").appending("\(package.facts.qualifiedName).md5sums")
        guard Files.exists(file) else { return [:] }
        return try Files.read(file, limit: 1 << 26).split(separator: UInt8(ascii: "\n")).reduce(into: [:]) {
            digests, line in
            let text = String(decoding: line, as: UTF8.self)
            digests["/" + text.dropFirst(34)] = String(text.prefix(32))
        }
    }

    /// The paths of the package in dpkg's final list.
    private func finalList(of package: PackageFiles.Package) throws -> Set<String> {
        let path = try ArchivePath("var/lib/dpkg/info/\(package.facts.qualifiedName).list")
        guard let file = Self.file(path, in: changes) else { return [] }
        let lines = try Files.read(file, limit: 1 << 26).split(separator: UInt8(ascii: "\n"))
        return Set(lines.map { String(decoding: $0, as: UTF8.self) })
    }
}
