// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

extension GitGuard {
    /// A path in one of the trees.
    typealias Place = (number: Int, path: FilePath)

    /// Makes read-only what the configurations of `repository` and of the caller name in the trees: included files, and
    /// the hooks directory (`core.hooksPath`, relative to the work tree that the hooks run in).
    ///
    /// - Parameter directory: The directory of a linked work tree, in the tree of the repository.
    mutating func guardNamed(
        by repository: Place, seenFrom workTree: Place, directory: FilePath? = nil
    ) throws(RunError) {
        let (tree, place) = (trees[repository.number].tree, trees[workTree.number].tree.place(workTree.path))
        workTrees.append(
            GuardedWorkTree(
                path: place, repository: tree.place(repository.path), directory: directory.map(tree.place),
                isSubmodule: submodules.contains(["\(workTree.number)", workTree.path.string])))
        let isInner = !workTree.path.isEmpty
        let scope = isInner ? [place, tree.place(repository.path)] : nil
        try guardNamed(by: repository.path, in: tree, from: place, within: scope)
    }

    /// Guards what the configurations of the enclosing work trees name: the host's git executes it there. Added
    /// directories have enclosing work trees, too, and a read-only one can be a work tree that names writable paths.
    mutating func guardNamedAbove() throws(RunError) {
        var seen: Set<FilePath> = []
        for guarded in trees {
            let around = RealPath.withAncestors(guarded.tree.path).dropFirst(guarded.isReadOnly ? 0 : 1)
            for place in around where seen.insert(place).inserted {
                guard let found = EnclosingWorkTree(place) else { continue }
                workTrees.append(found.workTree)
                try guardNamed(by: "", in: found.repository, from: place, within: nil, isEnclosing: true)
            }
        }
    }

    /// - Parameters:
    ///   - scope: The paths that a repository in the project may name: its own. Otherwise a container could create a
    ///     repository that names any path of the project. `nil` for everywhere.
    ///   - isEnclosing: Whether the repository is around the tree, where a repair can move nothing aside.
    private mutating func guardNamed(
        by repository: FilePath, in tree: ContainerTree, from workTree: FilePath, within scope: [FilePath]?,
        isEnclosing: Bool = false
    ) throws(RunError) {
        let mounted = MountedTrees(trees.map(\.tree), mounts: rules.mounts)
        let all = ConfiguredPlaces(of: repository, in: tree, seenFrom: workTree, rules: rules, trees: mounted)
        if let error = all.configuration.unreadable {
            guard !isEnclosing else {
                return warn("'\(error.path)' cannot be read (\(error.reason)), so what it names is not guarded")
            }
            try refuse(error.path, error.reason)
        }
        var left = all.configuration.unread
        for place in all.places {
            let trail = PathTrail(place.path, in: mounted)
            let why = try guardNamed(place, trail, within: scope)
            left += why.filter { new in !left.contains { $0.path == new.path } }
        }
        guard let first = left.first else { return }
        let more = left.count > 1 ? " (and \(left.count - 1) more)" : ""
        oddities.append(
            "'\(tree.place(repository))' names '\(first.path)', which is not guarded: \(first.why)\(more)")
    }

    /// Guards one place, with the directories that its path leaves by `..`.
    ///
    /// - Returns: The paths that are not guarded, and why.
    private mutating func guardNamed(
        _ place: ConfiguredPlace, _ trail: PathTrail, within scope: [FilePath]?
    ) throws(RunError) -> [(path: FilePath, why: String)] {
        let plain = place.path.lexicallyNormalized()
        guard place.isOwn || scope?.contains(where: { Self.relative(plain, to: $0) != nil }) ?? true else {
            if case .elsewhere = trail.ending { return [] }
            return [(plain, "it is not in that repository")]
        }
        for passage in trail.left where try !hold(passage) {
            replaceable(plain, passage)
        }
        for link in trail.links where !trees[link.number].isReadOnly { replaceable(plain, link) }
        switch trail.ending {
        case .elsewhere: return []
        case .refused(let end, let error): return [(trees[end.number].tree.place(end.path), "\(error)")]
        case .there(let end):
            guard !trees[end.number].isReadOnly else { return [] }
            guard !end.path.isEmpty else {
                if !place.isIncluded {
                    warn("'\(plain)' is a directory of hooks for git, and the container can create some in it")
                }
                return []
            }
            return try guardNamed(end, place).map { [(plain, $0)] } ?? []
        case .missing(let start, let rest): return try guardMissing(start, rest, place).map { [(plain, $0)] } ?? []
        }
    }

    private mutating func replaceable(_ place: FilePath, _ passage: Place) {
        let path = trees[passage.number].tree.place(passage.path)
        warn("'\(place)' is not guarded: the container can create or replace '\(path)', which its path passes")
    }

    /// Holds a directory in the trees, so that it cannot be replaced.
    ///
    /// - Returns: Whether it is held, or cannot be replaced anyway.
    private mutating func hold(_ passage: Place) throws(RunError) -> Bool {
        guard !trees[passage.number].isReadOnly else { return true }
        guard fits(passage.number, passage.path) else { return false }
        try pin(passage.number, passage.path, below: "")
        return true
    }

    /// Guards the file or directory that a variable names. Files that git cannot use or that git writes are skipped:
    /// the start continues, since a container can name any file of the user.
    ///
    /// - Returns: Why it is not guarded.
    private mutating func guardNamed(_ end: Place, _ place: ConfiguredPlace) throws(RunError) -> String? {
        let (tree, kind) = (trees[end.number].tree, place.isIncluded ? FileKind.file : .directory)
        let actual: FileKind
        do { actual = try tree.kind(end.path) } catch { return (error as? FileError)?.reason ?? "\(error)" }
        guard actual == kind else { return "it is \(actual.words) and not \(kind.words)" }
        guard !isWritten(end) else { return "git writes there" }
        guard fits(end.number, end.path) else { return Self.tooLong }
        let isKnown = known[end.number]?[end.path]?.isReadOnly == true
        try pin(end.number, end.path.removingLastComponent(), below: "")
        try add(end.number, end.path, kind, readOnly: true)
        if !isKnown { named.append((tree.place(end.path), place.key)) }
        return nil
    }

    /// Prevents the container from creating what a variable names, with an empty file or directory in its place and the
    /// directories above it, which the last container takes away.
    ///
    /// - Parameters:
    ///   - start: The first path that does not exist.
    ///   - rest: The path below it.
    /// - Returns: Why it is not guarded.
    private mutating func guardMissing(
        _ start: Place, _ rest: [FilePath.Component], _ place: ConfiguredPlace
    ) throws(RunError) -> String? {
        let number = start.number
        let end = FilePath(root: nil, start.path.components + rest)
        guard !trees[number].isReadOnly, !isReadOnly(start) else { return nil }
        guard rest.allSatisfy({ $0.kind == .regular }) else {
            replaceable(place.path.lexicallyNormalized(), start)
            return nil
        }
        guard !isWritten((number, end)) else { return "git writes there" }
        guard fits(number, end), rest.count < Self.depth else { return Self.tooLong }
        try pin(number, start.path.removingLastComponent(), below: "")
        let around = repository(around: start)
        // Where there is none, the tree itself is locked.
        let owner = around ?? ""
        var path = start.path
        for component in rest {
            try add(number, path, .directory, readOnly: false, placeholder: .directory, repository: owner)
            path.append(component)
        }
        try add(
            number, path, place.isIncluded ? .file : .directory, readOnly: true,
            placeholder: place.isIncluded ? .file(Self.includedText) : .directory, repository: owner)
        if around == nil { named.append((trees[number].tree.place(path), place.key)) }
        return nil
    }

    /// The content of an included file that a start creates, by which a later launcher recognizes it.
    private static let includedText = """
        # opencode-docker: git's configuration includes this file, which does not exist. It is here for as long as a
        # container could create it.

        """

    /// The innermost repository in the tree with the path.
    private func repository(around place: Place) -> FilePath? {
        held.filter { $0.number == place.number && ($0.path.isEmpty || place.path.starts(with: $0.path)) }.map(\.path)
            .max { $0.components.count < $1.components.count }
    }

    /// Whether the nearest guarded directory above the path is read-only.
    private func isReadOnly(_ place: Place) -> Bool {
        var path = place.path
        while !path.isEmpty {
            path.removeLastComponent()
            if let guarded = known[place.number]?[path] { return guarded.isReadOnly }
        }
        return false
    }

    /// Whether git writes to the path in a repository, or the path contains a repository.
    private func isWritten(_ place: Place) -> Bool {
        let tree = trees[place.number].tree
        let directory = GitDirectory(tree: tree, path: place.path)
        let entry = (try? tree.kind(place.path.appending(".git"))) ?? .nothing
        if entry != .nothing || (try? directory.hasHead()) == true { return true }
        let around = repository(around: place)
        let repositories = held.filter { $0.number == place.number }.map(\.path)
        guard let around else { return repositories.contains { $0.starts(with: place.path) } }
        var rest = place.path.components.dropFirst(around.components.count)
        // The directory of a linked work tree has the same files.
        if rest.count > 2, rest.first == "worktrees" { rest = rest.dropFirst(2) }
        return rest.first.map { Self.written.contains($0.string) } ?? true
    }

    /// Paths that git writes to in a repository (gitrepository-layout(5)) and that are not guarded otherwise.
    private static let written: Set = [
        "HEAD", "index", "objects", "refs", "packed-refs", "logs", "worktrees", "modules", "info", "ORIG_HEAD",
        "FETCH_HEAD", "MERGE_HEAD", "COMMIT_EDITMSG", "shallow",
    ]
}
