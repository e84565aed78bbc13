// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The bounded contents of the caller's directories that are copied into the persistent home.
///
/// The caller's own links are followed. A link may lead into a project: from there on everything is opened by handle
/// and no link is followed, since a container controls its target.
struct CallerConfiguration {
    /// A file or a directory to copy.
    struct Entry {
        /// The path below the persistent home.
        let path: FilePath
        /// The bytes of a file; `nil` for a directory.
        let bytes: [UInt8]?
        /// Whether a file is executable.
        let isExecutable: Bool
    }

    /// A file or a directory.
    private enum Source {
        /// A file of the caller, by its real path.
        case host(FilePath)
        /// A file in a tree that containers write.
        case tree(ContainerTree, FilePath)
    }

    private static let mostBytes = 32 << 20
    private static let mostFiles = 4096
    private static let mostLevels = 8
    private static let skipped: Set<String> = ["node_modules", ".git"]

    private let written: WrittenTrees
    private var bytesLeft = mostBytes
    private var filesLeft = mostFiles
    private var isCut = false
    private var unfollowed: Set<FilePath> = []
    /// The entries, parents before children.
    private(set) var entries: [Entry] = []
    /// The paths below the persistent home whose sources exist but were not read, completely or at all.
    private(set) var unread: Set<FilePath> = []

    /// - Parameter written: The trees that containers write.
    init(written: WrittenTrees) { self.written = written }

    /// Reads the caller's directory `source`, which is copied to `target`; nothing when it does not exist.
    mutating func read(_ source: FilePath, as target: FilePath) {
        guard let found = find(source, as: target),
            status(of: found).map({ FileKind(mode: $0.st_mode) }) == .directory
        else { return }
        read(found, as: target, depth: 0)
    }

    /// The reasons why parts of `source` were not copied, one sentence each.
    func remarks(on source: FilePath) -> [String] {
        var remarks: [String] = []
        if let first = unfollowed.min(by: { $0.string < $1.string }) {
            let more = unfollowed.count > 1 ? " (and \(unfollowed.count - 1) more)" : ""
            remarks.append(
                "'\(first)' is a symbolic link where containers write, or have written: it is not copied\(more)"
            )
        }
        if isCut {
            remarks.append(
                "'\(source)' was not copied whole: no more than \(Self.mostFiles) files of \(Self.mostBytes >> 20) MiB in "
                    + "\(Self.mostLevels) levels are")
        }
        return remarks
    }

    private mutating func read(_ source: Source, as target: FilePath, depth: Int) {
        guard depth < Self.mostLevels else { return cut(target) }
        entries.append(Entry(path: target, bytes: nil, isExecutable: false))
        guard let names = names(in: source) else {
            unread.insert(target)
            return
        }
        for name in names where !Self.skipped.contains(name.string) {
            let place = target.appending(name)
            guard let child = child(name, of: source, as: place), let status = status(of: child) else { continue }
            let kind = FileKind(mode: status.st_mode)
            guard kind == .directory || kind == .file else { continue }
            filesLeft -= 1
            guard filesLeft >= 0 else { return cut(target) }
            if kind == .directory { read(child, as: place, depth: depth + 1) } else { read(child, status, as: place) }
        }
    }

    private mutating func read(_ file: Source, _ status: stat, as target: FilePath) {
        guard Int(status.st_size) <= bytesLeft else { return cut(target) }
        let bytes: [UInt8]?
        switch file {
        case .host(let path): bytes = try? Files.read(path, limit: bytesLeft)
        case .tree(let tree, let path): bytes = tree.bytes(path, limit: bytesLeft)
        }
        guard let bytes else {
            unread.insert(target)
            return
        }
        bytesLeft -= bytes.count
        entries.append(Entry(path: target, bytes: bytes, isExecutable: status.st_mode & S_IXUSR != 0))
    }

    /// Records that the source of `target` exceeds a limit.
    private mutating func cut(_ target: FilePath) {
        isCut = true
        unread.insert(target)
    }

    private func names(in directory: Source) -> [FilePath.Component]? {
        switch directory {
        // Names that are not UTF-8 are names as well.
        case .host(let path): try? ContainerTree(path).names("")
        case .tree(let tree, let path): try? tree.names(path)
        }
    }

    private mutating func child(
        _ name: FilePath.Component, of directory: Source, as target: FilePath
    ) -> Source? {
        switch directory {
        case .host(let path): return find(path.appending(name), as: target)
        case .tree(let tree, let path): return unlinked(tree, path.appending(name), as: target)
        }
    }

    /// The source at a path of the caller.
    private mutating func find(_ path: FilePath, as target: FilePath) -> Source? {
        switch CallerPath(path, trees: written) {
        case .nothing: return nil
        case .host(let real): return .host(real)
        case .tree(let root, let below):
            return (try? ContainerTree(root)).flatMap { unlinked($0, below, as: target) }
        }
    }

    /// The source in a tree when its path contains no link; a link is recorded.
    private mutating func unlinked(_ tree: ContainerTree, _ path: FilePath, as target: FilePath) -> Source? {
        guard let link = tree.firstLink(on: path) else { return .tree(tree, path) }
        unfollowed.insert(tree.place(link.path))
        unread.insert(target)
        return nil
    }

    private func status(of source: Source) -> stat? {
        switch source {
        case .host(let path): try? Files.status(of: path)
        case .tree(let tree, let path): (try? tree.status(path)).flatMap(\.self)
        }
    }
}
