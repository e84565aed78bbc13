// SPDX-License-Identifier: Apache-2.0

import SystemPackage

extension GitGuard {
    /// A place in one of the trees.
    typealias Place = (number: Int, path: FilePath)

    private static let mostFiles = 64

    /// What the configuration of `repository` names in the trees is read-only as well: the files that it includes, and
    /// those that they include (git-config(1), "Includes"), and the directory of hooks (`core.hooksPath`, relative to the
    /// work tree that they run in).
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
        try guardNamed(by: rules.settings, includedFrom: rules.home, seenFrom: place)
        var waiting = ["config", "config.worktree"].map { (repository.number, repository.path.appending($0)) }
        var read: [Place] = []
        while let file = waiting.popLast() {
            guard read.count < Self.mostFiles, !read.contains(where: { $0 == file }),
                let bytes = try contents(file)
            else { continue }
            read.append(file)
            let base = trees[file.0].tree.place(file.1.removingLastComponent())
            waiting += try guardNamed(by: GitConfiguration(bytes).entries, includedFrom: base, seenFrom: place)
        }
    }

    /// The bytes of a file of configuration; `nil` where there is none. What is there and cannot be read, for one because a
    /// container holds a lease on it (fcntl(2), F_SETLEASE), could name anything.
    private func contents(_ file: Place) throws(RunError) -> [UInt8]? {
        let tree = trees[file.number].tree
        return try look {
            try tree.kind(file.path) == .nothing ? nil : tree.read(file.path, limit: GitConfiguration.limit)
        }
    }

    /// - Returns: The files that the entries include, where they lie in a tree.
    @discardableResult
    private mutating func guardNamed(
        by entries: [GitConfiguration.Entry], includedFrom base: FilePath, seenFrom workTree: FilePath
    ) throws(RunError) -> [Place] {
        var found: [Place] = []
        for entry in entries {
            guard let value = entry.value, !value.isEmpty, !value.utf8.contains(0) else { continue }
            if entry.name == "path", ["include", "includeif"].contains(entry.section) {
                if let file = try guardNamed(value, from: base, .file) { found.append(file) }
            } else if entry.key == "core.hookspath" {
                _ = try guardNamed(value, from: workTree, .directory)
            }
        }
        return found
    }

    /// Guards what a value names, where it lies in a tree and is there.
    private mutating func guardNamed(
        _ value: String, from base: FilePath, _ kind: FileKind
    ) throws(RunError) -> Place? {
        let named = value.hasPrefix("~/") ? rules.home.pushing(FilePath(String(value.dropFirst(2)))) : FilePath(value)
        let place = base.pushing(named).lexicallyNormalized()
        for number in trees.indices {
            let tree = trees[number].tree
            guard let path = Self.relative(place, to: tree.path) else { continue }
            guard try look({ try tree.kind(path) }) != .nothing else { return nil }
            try pin(number, path.removingLastComponent(), below: "")
            try add(number, path, kind, readOnly: true)
            return (number, path)
        }
        return nil
    }
}
