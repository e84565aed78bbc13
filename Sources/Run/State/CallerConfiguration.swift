// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The bounded copy of the caller's configuration of the agent.
///
/// The caller's own links are followed. A link may lead into a project: from there on everything is opened by handle
/// and no link is followed, since a container controls its target.
struct CallerConfiguration {
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

    /// - Parameter written: The trees that containers write.
    init(written: WrittenTrees) { self.written = written }

    /// Copies the caller's directory `source` to `target` in `copy`; does nothing when it does not exist.
    ///
    /// - Throws: `FileError`.
    mutating func copy(_ source: FilePath, to target: FilePath, in copy: inout HomeCopy) throws {
        guard let found = find(source), status(of: found).map({ FileKind(mode: $0.st_mode) }) == .directory else {
            return
        }
        try self.copy(found, to: target, depth: 0, in: &copy)
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

    private mutating func copy(_ source: Source, to target: FilePath, depth: Int, in copy: inout HomeCopy) throws {
        guard depth < Self.mostLevels else { return isCut = true }
        try copy.makeDirectory(target)
        for name in names(in: source) where !Self.skipped.contains(name.string) {
            guard let child = child(name, of: source), let status = status(of: child) else { continue }
            let kind = FileKind(mode: status.st_mode)
            guard kind == .directory || kind == .file else { continue }
            filesLeft -= 1
            guard filesLeft >= 0 else { return isCut = true }
            if kind == .directory {
                try self.copy(child, to: target.appending(name), depth: depth + 1, in: &copy)
            } else if let bytes = read(child, size: Int(status.st_size)) {
                try copy.put(target.appending(name), bytes)
            }
        }
    }

    private mutating func read(_ file: Source, size: Int) -> [UInt8]? {
        guard size <= bytesLeft else {
            isCut = true
            return nil
        }
        let bytes: [UInt8]?
        switch file {
        case .host(let path): bytes = try? Files.read(path, limit: bytesLeft)
        case .tree(let tree, let path): bytes = tree.bytes(path, limit: bytesLeft)
        }
        bytesLeft -= bytes?.count ?? 0
        return bytes
    }

    private func names(in directory: Source) -> [FilePath.Component] {
        switch directory {
        case .host(let path): ((try? Files.list(path)) ?? []).compactMap { FilePath.Component($0) }
        case .tree(let tree, let path): (try? tree.names(path)) ?? []
        }
    }

    private mutating func child(_ name: FilePath.Component, of directory: Source) -> Source? {
        switch directory {
        case .host(let path): return find(path.appending(name))
        case .tree(let tree, let path): return unlinked(tree, path.appending(name))
        }
    }

    /// The source at a path of the caller.
    private mutating func find(_ path: FilePath) -> Source? {
        switch CallerPath(path, trees: written) {
        case .nothing: return nil
        case .host(let real): return .host(real)
        case .tree(let root, let below): return (try? ContainerTree(root)).flatMap { unlinked($0, below) }
        }
    }

    /// The source in a tree when its path contains no link; a link is recorded.
    private mutating func unlinked(_ tree: ContainerTree, _ path: FilePath) -> Source? {
        guard let link = tree.firstLink(on: path) else { return .tree(tree, path) }
        unfollowed.insert(tree.place(link.path))
        return nil
    }

    private func status(of source: Source) -> stat? {
        switch source {
        case .host(let path): try? Files.status(of: path)
        case .tree(let tree, let path): (try? tree.status(path)).flatMap(\.self)
        }
    }
}
