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
            for place in around where seen.insert(place).inserted { try guardNamed(around: place) }
        }
    }

    /// Guards what the configuration of a work tree names whose repository is not mounted.
    mutating func guardNamed(around place: FilePath) throws(RunError) {
        guard let found = EnclosingWorkTree(place) else { return }
        workTrees.append(found.workTree)
        try guardNamed(by: "", in: found.repository, from: place, within: nil, isEnclosing: true)
    }

    /// - Parameters:
    ///   - scope: The paths that a repository in the project may name: its own. Otherwise a container could create a
    ///     repository that names any path of the project. `nil` for everywhere.
    ///   - isEnclosing: Whether the repository is around the tree, where a repair can move nothing aside.
    private mutating func guardNamed(
        by repository: FilePath, in tree: ContainerTree, from workTree: FilePath, within scope: [FilePath]?,
        isEnclosing: Bool = false
    ) throws(RunError) {
        let mounted = mounted
        let all = ConfiguredPlaces(of: repository, in: tree, seenFrom: workTree, rules: rules, trees: mounted)
        if let error = all.configuration.unreadable {
            guard !isEnclosing else {
                return warn("'\(error.path)' cannot be read (\(error.reason)), so what it names is not guarded")
            }
            try refuse(error.path, error.reason)
        }
        var left = all.configuration.unread
        var seen = Set(left.map(\.path))
        for place in all.places {
            let path = place.path.lexicallyNormalized()
            guard let why = guardNamed(place, PathTrail(place.path, in: mounted), within: scope),
                seen.insert(path).inserted
            else { continue }
            left.append((path, why))
        }
        if all.isIncomplete { warn("'\(tree.place(repository))' names too many paths, and not all are guarded") }
        guard let first = left.first else { return }
        let more = left.count > 1 ? " (and \(left.count - 1) more)" : ""
        oddities.append(
            "'\(tree.place(repository))' names '\(ShownPath.brief(first.path.bytes))', which is not guarded: \(first.why)\(more)"
        )
    }

    /// Guards one place, with the directories that its path leaves by `..`. What cannot be guarded is said, and never an
    /// obstacle: a container can name any path.
    ///
    /// - Returns: Why it is not guarded.
    private mutating func guardNamed(
        _ place: ConfiguredPlace, _ trail: PathTrail, within scope: [FilePath]?
    ) -> String? {
        let allowed = place.isOwn ? nil : scope
        let isAllowed: (FilePath) -> Bool = { path in
            allowed?.contains { path == $0 || Self.relative(path, to: $0) != nil } ?? true
        }
        guard isAllowed(place.path.lexicallyNormalized()) else {
            if case .elsewhere = trail.ending { return nil }
            return "it is not in that repository"
        }
        // Directories that are already pinned stay so after an error. (A copy to restore would be made for each path.)
        do {
            for passage in trail.left {
                let isOutside = !isAllowed(trees[passage.number].tree.place(passage.path))
                if isOutside { replaceable(place, passage) } else if try !hold(passage) { replaceable(place, passage) }
            }
            for link in trail.links where !trees[link.number].isReadOnly { replaceable(place, link) }
            return try guardEnd(place, trail, isAllowed)
        } catch { return error.sentence }
    }

    private mutating func guardEnd(
        _ place: ConfiguredPlace, _ trail: PathTrail, _ isAllowed: (FilePath) -> Bool
    ) throws(RunError) -> String? {
        switch trail.ending {
        case .elsewhere: return nil
        // A file on the way that nobody can replace.
        case .refused(let end, .notDirectory) where isReadOnly(end): return nil
        case .refused(_, let error): return "\(error)"
        case .there(let end):
            guard !trees[end.number].isReadOnly else { return nil }
            guard !end.path.isEmpty else {
                if !place.isIncluded {
                    let path = trees[end.number].tree.path
                    warn("'\(path)' is a directory of hooks for git, and the container can create some in it")
                }
                return nil
            }
            guard isAllowed(trees[end.number].tree.place(end.path)) else { return "it is not in that repository" }
            return try guardPresent(end, place)
        case .missing(let start, let rest):
            guard !trees[start.number].isReadOnly, !isReadOnly(start) else { return nil }
            // A container chooses where a link leads.
            guard trail.links.isEmpty else { return nil }
            guard rest.allSatisfy({ $0.kind == .regular }) else {
                replaceable(place, start)
                return nil
            }
            return try guardMissing(start, rest, place)
        }
    }

    private mutating func replaceable(_ place: ConfiguredPlace, _ passage: Place) {
        let path = ShownPath.brief(trees[passage.number].tree.place(passage.path).bytes)
        let named = ShownPath.brief(place.path.lexicallyNormalized().bytes)
        warn("'\(named)' is not guarded: the container can create or replace '\(path)', which its path passes")
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
    private mutating func guardPresent(_ end: Place, _ place: ConfiguredPlace) throws(RunError) -> String? {
        let (tree, kind) = (trees[end.number].tree, place.isIncluded ? FileKind.file : .directory)
        let actual: FileKind
        do { actual = try tree.kind(end.path) } catch { return (error as? FileError)?.reason ?? "\(error)" }
        guard actual == kind else { return "it is \(actual.words) and not \(kind.words)" }
        guard !isWritten(end) else { return "git writes there, or it contains a repository" }
        guard fits(end.number, end.path) else { return Self.tooLong }
        if let start = remains(end, place) {
            return try guardMissing(start, Array(end.path.components.dropFirst(start.path.components.count)), place)
        }
        let isKnown = known[end.number]?[end.path]?.isReadOnly == true
        try pin(end.number, end.path.removingLastComponent(), below: "")
        guard !isReadOnly(end) else { return nil }
        try add(end.number, end.path, kind, readOnly: true)
        if !isKnown { named.append((tree.place(end.path), place.key)) }
        return nil
    }
}
