// SPDX-License-Identifier: Apache-2.0

import SystemPackage

extension GitGuard {
    /// A place in one of the trees.
    typealias Place = (number: Int, path: FilePath)

    private static let mostFiles = 64

    /// What the configuration of `repository` names in the trees is read-only as well: the files that it includes, and
    /// those that they include (git-config(1), "Includes"), and the directory of hooks (`core.hooksPath`, relative to the
    /// work tree that they run in).
    mutating func guardNamed(by repository: Place, seenFrom workTree: Place) throws(RunError) {
        workTrees.append(
            GuardedWorkTree(
                path: trees[workTree.number].tree.place(workTree.path),
                repository: trees[repository.number].tree.place(repository.path)))
        var waiting = ["config", "config.worktree"].map { (repository.number, repository.path.appending($0)) }
        var read: [Place] = []
        while let file = waiting.popLast() {
            guard read.count < Self.mostFiles, !read.contains(where: { $0 == file }),
                let bytes = trees[file.0].tree.bytes(file.1, limit: GitConfiguration.limit)
            else { continue }
            read.append(file)
            for entry in GitConfiguration(bytes).entries {
                guard let value = entry.value, !value.isEmpty, !value.utf8.contains(0) else { continue }
                if entry.name == "path", ["include", "includeif"].contains(entry.section) {
                    let base = trees[file.0].tree.place(file.1.removingLastComponent())
                    if let found = try guardNamed(value, from: base, .file) { waiting.append(found) }
                } else if entry.key == "core.hookspath" {
                    _ = try guardNamed(value, from: trees[workTree.number].tree.place(workTree.path), .directory)
                }
            }
        }
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
