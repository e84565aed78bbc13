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
    /// directories have enclosing work trees, too.
    mutating func guardNamedAbove() throws(RunError) {
        var seen: Set<FilePath> = []
        for path in trees.map(\.tree.path) {
            for place in RealPath.withAncestors(path).dropFirst() where seen.insert(place).inserted {
                guard let found = EnclosingWorkTree(place) else { continue }
                workTrees.append(found.workTree)
                for directory in found.directories {
                    try guardNamed(by: "", in: directory, from: place, within: nil, isEnclosing: true)
                }
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
        let all = IncludedConfiguration(of: repository, in: tree, rules: rules, trees: trees.map(\.tree))
        if let error = all.unreadable {
            guard !isEnclosing else {
                return warn("'\(error.path)' cannot be read (\(error.reason)), so what it names is not guarded")
            }
            try refuse(error.path, error.reason)
        }
        var left = all.unread
        for variable in all.variables {
            let why = try guardNamed(by: variable, from: workTree, within: scope)
            left += why.filter { new in !left.contains { $0.path == new.path } }
        }
        guard let first = left.first else { return }
        let more = left.count > 1 ? " (and \(left.count - 1) more)" : ""
        oddities.append(
            "'\(tree.place(repository))' names '\(first.path)', which is not guarded: \(first.why)\(more)")
    }

    /// Guards what one variable names, with the directories that its path leaves by `..`.
    ///
    /// - Returns: The paths that are not guarded, and why.
    private mutating func guardNamed(
        by variable: IncludedConfiguration.Variable, from workTree: FilePath, within scope: [FilePath]?
    ) throws(RunError) -> [(path: FilePath, why: String)] {
        let isInclude = variable.entry.isInclude
        let base = isInclude ? variable.base : workTree
        guard let value = variable.entry.value, isInclude || variable.entry.key == "core.hookspath",
            let place = IncludedConfiguration.place(value, from: base, home: rules.home, isOwn: variable.isOwn)
        else { return [] }
        let identity = variable.isOwn ? RealPath.identity(place) : nil
        if !isInclude, trees.contains(where: { $0.tree.path == place || $0.tree.identity == identity }) {
            warn("'\(place)' is a directory of hooks for git, and the container can create some in it")
        }
        guard variable.isOwn || scope?.contains(where: { Self.relative(place, to: $0) != nil }) ?? true else {
            let found = IncludedConfiguration.find(place, isOwn: false, in: trees.map(\.tree))
            return found == nil ? [] : [(place, "it is not in that repository")]
        }
        for passage in IncludedConfiguration.passages(value, from: base, home: rules.home) {
            guard try !hold(passage, isOwn: variable.isOwn) else { continue }
            warn("'\(place)' is not guarded: its path leads back from '\(passage)', which can be replaced")
        }
        guard let found = IncludedConfiguration.find(place, isOwn: variable.isOwn, in: trees.map(\.tree)),
            let why = try guardNamed(found, isInclude ? .file : .directory, variable.entry.key)
        else { return [] }
        return [(place, why)]
    }

    /// Holds a directory in the trees, so that it cannot be replaced.
    ///
    /// - Returns: Whether it is held, or in no tree.
    private mutating func hold(_ passage: FilePath, isOwn: Bool) throws(RunError) -> Bool {
        let named = IncludedConfiguration.find(passage, isOwn: false, in: trees.map(\.tree))
        guard let (number, path) = named ?? IncludedConfiguration.find(passage, isOwn: isOwn, in: trees.map(\.tree))
        else { return true }
        guard (try? trees[number].tree.kind(path)) == .directory, fits(number, path) else { return false }
        try pin(number, path, below: "")
        return true
    }

    /// Guards the file that a variable names, when it exists. Files that git cannot use or that git writes are skipped:
    /// the start continues, since a container can name any file of the user.
    ///
    /// - Returns: Why it is not guarded.
    private mutating func guardNamed(_ found: Place, _ kind: FileKind, _ key: String) throws(RunError) -> String? {
        let (number, path) = found
        let tree = trees[number].tree
        let actual: FileKind
        do { actual = try tree.kind(path) } catch { return (error as? FileError)?.reason ?? "\(error)" }
        guard actual != .nothing else { return nil }
        guard actual == kind else { return "it is \(actual.words) and not \(kind.words)" }
        guard !isWritten(found) else { return "git writes there" }
        guard fits(number, path) else { return Self.tooLong }
        try pin(number, path.removingLastComponent(), below: "")
        try add(number, path, kind, readOnly: true)
        named.append((tree.place(path), key))
        return nil
    }

    /// Whether git writes to the path in a repository, or the path contains a repository.
    private func isWritten(_ place: Place) -> Bool {
        let tree = trees[place.number].tree
        let directory = GitDirectory(tree: tree, path: place.path)
        let entry = (try? tree.kind(place.path.appending(".git"))) ?? .nothing
        if entry != .nothing || (try? directory.hasHead()) == true { return true }
        return held.contains { number, repository in
            guard number == place.number else { return false }
            var rest = place.path
            guard repository.isEmpty || rest.removePrefix(repository) else {
                return repository.starts(with: place.path)
            }
            guard let first = rest.components.first else { return true }
            return Self.written.contains(first.string)
        }
    }

    /// Paths that git writes to in a repository (gitrepository-layout(5)) and that are not guarded otherwise.
    private static let written: Set = [
        "HEAD", "index", "objects", "refs", "packed-refs", "logs", "worktrees", "modules", "info", "ORIG_HEAD",
        "FETCH_HEAD", "MERGE_HEAD", "COMMIT_EDITMSG", "shallow",
    ]
}
