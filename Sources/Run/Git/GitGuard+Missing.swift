// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

extension GitGuard {
    /// The maximum length of a file's name (NAME_MAX).
    private static let longestName = 255

    /// The content of an included file that a start creates, by which a later launcher recognizes it.
    private static let includedText = """
        # opencode-docker: git's configuration includes this file, which does not exist. It is here for as long as a
        # container could create it.

        """

    /// Prevents the container from creating what a variable names, with an empty file or directory in its place and the
    /// directories above it, which the last container takes away.
    ///
    /// - Parameters:
    ///   - start: The first path that does not exist, or exists because of a launcher.
    ///   - rest: The path below it.
    /// - Returns: Why it is not guarded.
    mutating func guardMissing(
        _ start: Place, _ rest: [FilePath.Component], _ place: ConfiguredPlace
    ) throws(RunError) -> String? {
        let (number, parent) = (start.number, start.path.removingLastComponent())
        let end = FilePath(root: nil, start.path.components + rest)
        guard !isWritten((number, end)) else { return "git writes there" }
        let isShort = end.components.allSatisfy { $0.string.utf8.count <= Self.longestName }
        guard isShort, fits(number, end), rest.count < Self.depth else { return Self.tooLong }
        guard !isInTheWay(number, end, of: place) else { return "something else is guarded at that path" }
        guard trees[number].tree.isWritable(parent) else { return "you cannot write to the directory above it" }
        try pin(number, parent, below: "")
        var path = start.path
        for component in rest {
            try add(number, path, .directory, readOnly: false, placeholder: .directory, repository: parent)
            path.append(component)
        }
        try add(
            number, path, place.isIncluded ? .file : .directory, readOnly: true,
            placeholder: place.isIncluded ? .file(Self.includedText) : .directory, repository: parent)
        if repository(around: start) == nil { named.append((trees[number].tree.place(path), place.key)) }
        return nil
    }

    /// Whether a guarded path is a file where a directory is needed, or the reverse.
    private func isInTheWay(_ number: Int, _ end: FilePath, of place: ConfiguredPlace) -> Bool {
        let paths = known[number] ?? [:]
        if let present = paths[end], (present.kind == .file) != place.isIncluded { return true }
        var path = end.removingLastComponent()
        while !path.isEmpty {
            if paths[path]?.kind == .file { return true }
            path.removeLastComponent()
        }
        return place.isIncluded && paths.keys.contains { $0 != end && $0.starts(with: end) }
    }

    /// The first path of those that a launcher created for the place, when it still exists: after a killed launcher, or
    /// during a run beside this one.
    func remains(_ end: Place, _ place: ConfiguredPlace) -> Place? {
        let tree = trees[end.number].tree
        if place.isIncluded {
            guard tree.bytes(end.path, limit: 1 << 12) == Array(Self.includedText.utf8) else { return nil }
        } else {
            guard Self.isPlaceholder(end.path, in: tree) else { return nil }
        }
        var start = end.path
        while true {
            let parent = start.removingLastComponent()
            guard !parent.isEmpty, Self.isPlaceholder(parent, in: tree) else { return (end.number, start) }
            start = parent
        }
    }

    /// Whether the path is a repository, or a work tree with its own `.git`: git writes in it.
    private func isRepository(_ place: Place) -> Bool {
        let tree = trees[place.number].tree
        let own = place.path.appending(".git")
        switch try? tree.kind(own) {
        case .directory: if (try? GitDirectory(tree: tree, path: own).isRepository()) != false { return true }
        case .file: if tree.bytes(own, limit: 1 << 13)?.starts(with: "gitdir:".utf8) == true { return true }
        case .nothing, .link, .special, nil: break
        }
        return (try? GitDirectory(tree: tree, path: place.path).isRepository()) == true
    }

    /// Whether git writes to the path in a repository, or the path contains a repository.
    func isWritten(_ place: Place) -> Bool {
        if isRepository(place) { return true }
        let repositories = held.filter { $0.number == place.number }.map(\.path)
        guard let around = repository(around: place) else {
            return repositories.contains { $0.starts(with: place.path) }
        }
        var rest = place.path.components.dropFirst(around.components.count)
        // The directory of a linked work tree has the same files.
        if rest.count > 2, rest.first == "worktrees" { rest = rest.dropFirst(2) }
        return rest.first.map { Self.isWritten($0.string) } ?? true
    }

    /// The innermost repository in the tree with the path.
    func repository(around place: Place) -> FilePath? {
        held.filter { $0.number == place.number && ($0.path.isEmpty || place.path.starts(with: $0.path)) }.map(\.path)
            .max { $0.components.count < $1.components.count }
    }

    /// Whether the nearest guarded directory above the path is read-only.
    func isReadOnly(_ place: Place) -> Bool {
        var path = place.path
        while !path.isEmpty {
            path.removeLastComponent()
            if let guarded = known[place.number]?[path] { return guarded.isReadOnly }
        }
        return false
    }

    /// Whether git writes to that name in a repository (gitrepository-layout(5)), and it is not guarded otherwise: also
    /// its locks, and the heads of operations.
    private static func isWritten(_ name: String) -> Bool {
        let isHead = name.utf8.allSatisfy { (65...90).contains($0) || $0 == UInt8(ascii: "_") }
        return written.contains(name) || name.hasSuffix(".lock") || isHead
    }

    private static let written: Set = [
        "index", "objects", "refs", "packed-refs", "logs", "worktrees", "modules", "info", "shallow", "branches",
        "rebase-apply", "rebase-merge", "sequencer", "reftable", "config", "config.worktree", "commondir", "gitdir",
        "description", "rr-cache", "lfs", "svn", "annex", "sharedindex",
    ]
}
