// SPDX-License-Identifier: Apache-2.0

import Archive
import Debian
import Lockfile
import SystemPackage

/// A package that was unpacked into a layer's tree.
package struct UnpackedPackage: Sendable {
    /// The facts of the package for dpkg's database.
    package let facts: PackageFacts
    /// Its files as entries of the layer's tar, in the package's order.
    package let entries: [ArchiveEntry]
}

/// Performs dpkg's steps between fetching and configuring a package, directly from the .deb and without dpkg.
///
/// Intended differences from dpkg: `info/NAME.list` omits filtered paths, so that `dpkg --verify` does not report them
/// as missing, and volatile paths (`PassingPaths`); no regular file keeps a set-uid or set-gid bit (claim C18);
/// configuration files get their final names at once, because there is never an older version. dpkg resolves paths that
/// two packages share later (`UnpackPlan`).
package struct PackageUnpacker: Sendable {
    private let filter: PathFilter
    private let setsOwners: Bool

    /// Creates an unpacker that omits the paths that `filter` excludes; without `setsOwners`, which requires root, the
    /// files are owned by the caller.
    package init(filter: PathFilter, setsOwners: Bool = true) {
        self.filter = filter
        self.setsOwners = setsOwners
    }

    /// Unpacks `deb` below `tree`; other packages may be unpacked into it at the same time.
    ///
    /// - Parameters:
    ///   - locked: The expected package, when it is known.
    ///   - yields: Whether a path that another package provides in the tree is skipped and recorded; otherwise it is an
    ///     error.
    /// - Throws: `AssemblyError.otherPackage`; `ArchiveError` or `DebianError` for an invalid package; `FileError`.
    package func unpack(
        _ deb: FilePath, as locked: LockedPackage? = nil, into tree: FilePath, yields: Bool = false
    ) throws -> UnpackedPackage {
        let writer = try TreeWriter(root: tree, setsOwners: setsOwners)
        let package = try DebPackage(file: deb, at: locked?.path)
        var job = try UnpackJob(package: package, filter: filter, writer: writer, yields: yields)
        try locked?.check(job.control.fields)
        return try job.run()
    }
}

/// The state of unpacking one package.
private struct UnpackJob {
    let package: DebPackage
    let filter: PathFilter
    let writer: TreeWriter
    let yields: Bool
    let control: ControlFiles
    var entries: [ArchiveEntry] = []
    var listed: [String] = []
    var overrides: [PackageFacts.StatOverride] = []
    var digests: [String: String] = [:]
    var contested: [String] = []
    var directories: [PackageFacts.Directory] = []
    var passing: [String] = []
    /// Directories and links that the filter omitted; they are added when an entry below them is kept.
    var withheld: [ArchivePath: ArchiveEntry] = [:]
    /// Whether dpkg's list has a path that probably belongs to this package alone.
    var ownsSomething = false
    var newest: Int64 = 0

    init(package: DebPackage, filter: PathFilter, writer: TreeWriter, yields: Bool) throws {
        self.package = package
        self.filter = filter
        self.writer = writer
        self.yields = yields
        control = try ControlFiles(of: package)
    }

    mutating func run() throws -> UnpackedPackage {
        try package.forEachEntry { try add($0, $1) }
        try keepSomething()
        try addDatabaseFiles()
        try writer.finish()
        let facts = control.facts(
            digests: digests, overrides: overrides, contested: contested, directories: directories, passing: passing)
        return UnpackedPackage(facts: facts, entries: entries)
    }

    private mutating func add(_ shipped: ArchiveEntry, _ contents: (ByteSink) throws -> Void) throws {
        if MergedUsr.isLink(shipped) { return listed.append("/" + shipped.path.string) }
        newest = max(newest, shipped.mtime)
        if PassingPaths.contain(try MergedUsr.resolve(shipped.path)) {
            return passing.append("/" + shipped.path.string)
        }
        if filter.excludes(shipped) {
            switch shipped.kind {
            case .directory, .symlink: withheld[shipped.path] = shipped
            case .file, .hardlink: break
            }
            return
        }
        try bringBackParents(of: shipped.path)
        try place(shipped, contents)
    }

    /// When only directories that other packages have too are left of a package, any package that ships them overwrites
    /// it, and dpkg reports that it "disappeared" (Debian Policy 6.6, point 7). So its documentation directory is kept,
    /// or the link in its place (Policy 12.5), or else the last path that was excluded.
    private mutating func keepSomething() throws {
        guard !ownsSomething else { return }
        let documentation = try ArchivePath("usr/share/doc/\(control.name)")
        guard let path = withheld[documentation] == nil ? withheld.keys.max() : documentation,
            let entry = withheld[path]
        else { return }
        try bringBackParents(of: path)
        try place(entry) { _ in }
    }

    private mutating func bringBackParents(of path: ArchivePath) throws {
        guard let parent = path.parent, let entry = withheld.removeValue(forKey: parent) else { return }
        try bringBackParents(of: parent)
        try place(entry) { _ in }
    }

    private mutating func place(_ shipped: ArchiveEntry, _ contents: (ByteSink) throws -> Void) throws {
        listed.append(shipped.path.isRoot ? "/." : "/" + shipped.path.string)
        guard !shipped.path.isRoot else { return }
        if shipped.kind != .directory || shipped.path.string == "usr/share/doc/\(control.name)" { ownsSomething = true }
        var entry = shipped
        entry.path = try MergedUsr.resolve(shipped.path)
        if case .hardlink(let target) = shipped.kind { entry.kind = .hardlink(target: try MergedUsr.resolve(target)) }
        dropPrivilegeBits(of: &entry, shippedAt: shipped.path)
        if entry.kind == .directory, (entry.mode, entry.uid, entry.gid) != (0o755, 0, 0) {
            directories.append(
                .init(path: "/" + shipped.path.string, mode: entry.mode, uid: entry.uid, gid: entry.gid))
        }
        do {
            if case .hardlink(let target) = shipped.kind, contested.contains("/" + target.string) {
                throw ArchiveError.inTheWay(path: entry.path, root: "")
            }
            try write(entry, shippedAt: "/" + shipped.path.string, contents)
            entries.append(entry)
        } catch ArchiveError.inTheWay where yields {
            contested.append("/" + shipped.path.string)
            // Of a path that is twice in the tar, dpkg keeps the second file.
            digests["/" + shipped.path.string] = nil
        }
    }

    private mutating func dropPrivilegeBits(of entry: inout ArchiveEntry, shippedAt path: ArchivePath) {
        guard case .file = entry.kind, entry.mode & 0o6000 != 0 else { return }
        entry.mode &= 0o1777
        overrides.append(
            .init(path: "/" + path.string, mode: entry.mode, uid: entry.uid, gid: entry.gid))
    }

    private mutating func write(
        _ entry: ArchiveEntry, shippedAt path: String, _ contents: (ByteSink) throws -> Void
    ) throws {
        if control.lacksSums, case .hardlink(let target) = entry.kind {
            digests[path] = digest(ofLinked: target.string)
        }
        let needsSum = if control.lacksSums, case .file = entry.kind { true } else { false }
        guard needsSum || control.conffilePaths.contains(path) else {
            return try writer.write(entry, contents: contents)
        }
        var hasher = MD5Hasher()
        try writer.write(entry) { sink in
            try withoutActuallyEscaping(sink) { sink in
                try contents { bytes in
                    hasher.update(bytes)
                    try sink(bytes)
                }
            }
        }
        digests[path] = hasher.hex
    }

    /// The digest of the target of a hard link, which was shipped at that path or at its name before the merged `/usr`.
    private func digest(ofLinked path: String) -> String? {
        digests["/\(path)"] ?? (path.hasPrefix("usr/") ? digests["/\(path.dropFirst("usr/".count))"] : nil)
    }

    /// Writes `/var/lib/dpkg/info/NAME.*` into the package's own layer, so that an update ships only its own files.
    private mutating func addDatabaseFiles() throws {
        for file in control.databaseFiles(listing: listed, digests: digests) {
            let entry = ArchiveEntry(
                path: try ArchivePath("var/lib/dpkg/info/\(file.name)"), kind: .file(size: UInt64(file.bytes.count)),
                mode: file.mode, uid: 0, gid: 0, mtime: newest, attributes: [:])
            try writer.write(entry) { sink in try file.bytes.withUnsafeBytes(sink) }
            entries.append(entry)
        }
    }
}
