// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Core
import ImageDefinition
import SystemPackage

/// Unpacks the release of a program into the tree of its layer.
///
/// All files are owned by root; their modes are 0755 where the release says executable, else 0644. Refused are what an
/// image must not get by a release: special bits, capabilities, devices, links out of the program's directory,
/// and names that mean something in a layer.
struct ProgramUnpacker {
    let program: ProgramDefinition
    private let release: FilePath
    private let url: String
    private let tree: FilePath
    private let writer: TreeWriter
    /// The entries of the layer's tar.
    private var entries: [ArchiveEntry] = []
    /// Their positions by absolute path.
    private var known: [String: Int] = [:]
    /// The newest time of the release's files; that of the files that are generated here.
    private var newest: Int64 = 0
    private var copyright: [UInt8]?

    /// The largest text of a licence in bytes; Chromium's has 10 MB.
    private static let copyrightLimit = 1 << 24

    /// Creates an unpacker of `release`, which `url` names in errors, below the directory `tree`.
    ///
    /// - Throws: `FileError`.
    init(_ program: ProgramDefinition, release: FilePath, url: String, tree: FilePath, setsOwners: Bool) throws {
        self.program = program
        self.release = release
        self.url = url
        self.tree = tree
        writer = try TreeWriter(root: tree, setsOwners: setsOwners)
    }

    /// Writes the tree and returns its entries.
    ///
    /// - Throws: `ContextError.programRefused`, `.programUnreadable`, `.programNotInside`; `FileError`.
    mutating func unpack() throws -> [ArchiveEntry] {
        do {
            try unpackRelease()
            try addLinks()
            try addCopyright()
            if program.isAgent { try addNote() }
            try writer.finish()
        } catch let error as ArchiveError {
            throw ContextError.programUnreadable(program.place, error)
        }
        return entries
    }

    private mutating func unpackRelease() throws {
        let release = release
        switch program.form {
        case .file(let date):
            let size = UInt64(try Files.status(of: release).st_size)
            try write(barePath, .file(size: size), mode: bareMode, date) { try FileCopier().copy(release, to: $0) }
        case .tar(let compression):
            try check(compression)
            try ArchiveReader(file: release, name: url).forEach { entry, contents in
                switch program.placement {
                case .file(let path, let mode): try take(entry, as: path, mode: mode, contents)
                case .tree(let directory, let strip, _):
                    try ReleaseEntry(entry, strip: strip).map { try take($0, below: directory, contents) }
                }
            }
            if entries.isEmpty { throw ContextError.programNotInside(archive: url, name: program.name) }
        }
    }

    private func check(_ compression: TarCompression) throws {
        let magic: [TarCompression: [UInt8]] = [.gzip: [0x1F, 0x8B], .xz: [0xFD, 0x37, 0x7A, 0x58, 0x5A]]
        guard let expected = magic[compression] else { return }
        var head = [UInt8](repeating: 0, count: expected.count)
        try mapErrno("read", release) {
            let file = try FileDescriptor.open(release, .readOnly, options: .closeOnExec)
            try file.closeAfter { _ = try head.withUnsafeMutableBytes { try file.read(into: $0) } }
        }
        guard head.starts(with: expected) else {
            throw ContextError.programRefused(program.place, path: url, problem: "is not a \(compression.rawValue)")
        }
    }

    private var barePath: String {
        switch program.placement {
        case .file(let path, _): path
        case .tree(let directory, _, _): "\(directory)/\(program.name)"
        }
    }

    private var bareMode: UInt16 { if case .file(_, let mode) = program.placement { mode } else { 0o755 } }

    /// One file of the release, and its licence.
    private mutating func take(
        _ entry: ArchiveEntry, as path: String, mode: UInt16, _ contents: (ByteSink) throws -> Void
    ) throws {
        guard case .file(let size) = entry.kind else { return }
        if entry.path.name == program.name, entries.isEmpty {
            try write(path, .file(size: size), mode: mode, entry.mtime, contents)
        } else if entry.path.string == program.copyright, size <= Self.copyrightLimit {
            var text: [UInt8] = []
            try contents { text.append(contentsOf: $0) }
            copyright = text
        }
    }

    /// One entry of the whole release.
    private mutating func take(
        _ release: ReleaseEntry, below directory: String, _ contents: (ByteSink) throws -> Void
    ) throws {
        if let problem = release.problem(below: directory) {
            throw ContextError.programRefused(program.place, path: release.entry.path.string, problem: problem)
        }
        let (entry, path) = (release.entry, "\(directory)/\(release.path)")
        let mode: UInt16 = entry.mode & 0o100 == 0 ? 0o644 : 0o755
        switch entry.kind {
        case .directory: try write(path, .directory, mode: 0o755, entry.mtime) { _ in }
        case .file(let size): try write(path, .file(size: size), mode: mode, entry.mtime, contents)
        case .symlink(let target): try write(path, .symlink(target: target), mode: 0o777, entry.mtime) { _ in }
        case .hardlink(let target):
            guard let first = release.stripped(target), let file = self.entry(at: "\(directory)/\(first)"),
                case .file = file.kind
            else {
                throw ContextError.programRefused(
                    program.place, path: entry.path.string, problem: "is a hard link to a file that is left out")
            }
            let source = tree.pushing(FilePath(file.path.string))
            try write(path, file.kind, mode: file.mode, entry.mtime) { try FileCopier().copy(source, to: $0) }
        }
    }

    private mutating func addLinks() throws {
        guard case .tree(let directory, _, let links) = program.placement else { return }
        for path in links {
            guard let entry = entry(at: "\(directory)/\(path)"), entry.kind != .directory else {
                throw ContextError.programNotInside(archive: url, name: path)
            }
            let link = ProgramDefinition.link(to: path)
            try write(link, .symlink(target: "\(directory)/\(path)"), mode: 0o777, newest) { _ in }
        }
    }

    /// The licence travels with what it licenses (Debian Policy 12.5).
    private mutating func addCopyright() throws {
        guard let path = program.copyright else { return }
        if case .tree(let directory, _, _) = program.placement, let entry = entry(at: "\(directory)/\(path)"),
            case .file = entry.kind
        {
            copyright = try Files.read(tree.pushing(FilePath(entry.path.string)), limit: Self.copyrightLimit)
        }
        guard let copyright else { throw ContextError.programNotInside(archive: url, name: path) }
        try add(program.copyrightFile, copyright)
    }

    /// The health check reads this file; without it the image counts as one without the coding agent.
    private mutating func addNote() throws {
        try write("/etc/opencode-docker", .directory, mode: 0o755, newest) { _ in }
        try add("/etc/opencode-docker/agent", Array("\(program.command ?? "")\n\(program.version)\n".utf8))
    }

    private mutating func add(_ path: String, _ bytes: [UInt8]) throws {
        try write(path, .file(size: UInt64(bytes.count)), mode: 0o644, newest) { try bytes.withUnsafeBytes($0) }
    }

    private mutating func write(
        _ path: String, _ kind: ArchiveEntry.Kind, mode: UInt16, _ mtime: Int64,
        _ contents: (ByteSink) throws -> Void
    ) throws {
        let entry = ArchiveEntry(
            path: try ArchivePath(String(path.dropFirst())), kind: kind, mode: mode, uid: 0, gid: 0, mtime: mtime)
        try writer.write(entry, contents: contents)
        known[path] = entries.count
        entries.append(entry)
        newest = max(newest, entry.mtime)
    }

    /// The entry at an absolute path of the image.
    private func entry(at path: String) -> ArchiveEntry? { known[path].map { entries[$0] } }
}
