// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

extension GitGuard {
    /// A place in one of the trees.
    typealias Place = (number: Int, path: FilePath)

    /// What the configuration of `repository` and the caller's own name in the trees is read-only as well: the files that they
    /// include, and the directory of hooks (`core.hooksPath`, relative to the work tree that they run in).
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
        var roots = [(rules.settings, rules.home)]
        for name in ["config", "config.worktree"] {
            switch tree.configuration(repository.path.appending(name)) {
            case .bytes(let bytes): roots.append((GitConfiguration(bytes).entries, tree.place(repository.path)))
            case .unreadable(let error): throw .unguardable(error.path, "\(error.errno)")
            case .nothing: continue
            }
        }
        try guardNamed(IncludedConfiguration(roots, home: rules.home, read: contents), from: place)
    }

    /// What the configurations of the work trees name that the workspace lies in: the host's git executes it there.
    mutating func guardNamedAbove() throws(RunError) {
        var place = trees[0].tree.path
        while place.removeLastComponent(), !place.components.isEmpty {
            guard let tree = try? ContainerTree(place), (try? tree.kind(".git")) == .directory,
                case .bytes(let bytes) = tree.configuration(".git/config")
            else { continue }
            let repository = place.appending(".git")
            workTrees.append(GuardedWorkTree(path: place, repository: repository))
            let roots = [(rules.settings, rules.home), (GitConfiguration(bytes).entries, repository)]
            try guardNamed(IncludedConfiguration(roots, home: rules.home, read: contents), from: place)
        }
    }

    private mutating func guardNamed(_ all: IncludedConfiguration, from workTree: FilePath) throws(RunError) {
        if let error = all.unreadable { throw .unguardable(error.path, "\(error.errno)") }
        for (entry, base) in all.variables {
            guard let value = entry.value else { continue }
            if entry.isInclude {
                try guardNamed(value, from: base, .file)
            } else if entry.key == "core.hookspath" {
                try guardNamed(value, from: workTree, .directory)
            }
        }
    }

    private func contents(_ place: FilePath) -> IncludedConfiguration.Contents {
        for guarded in trees {
            if let path = Self.relative(place, to: guarded.tree.path) { return guarded.tree.configuration(path) }
        }
        return IncludedConfiguration.hostFile(place)
    }

    /// Guards what a value names, where it lies in a tree and is there.
    private mutating func guardNamed(_ value: String, from base: FilePath, _ kind: FileKind) throws(RunError) {
        guard let place = IncludedConfiguration.place(value, from: base, home: rules.home) else { return }
        for number in trees.indices {
            let tree = trees[number].tree
            guard let path = Self.relative(place, to: tree.path) else { continue }
            guard try look({ try tree.kind(path) }) != .nothing else { return }
            try pin(number, path.removingLastComponent(), below: "")
            return try add(number, path, kind, readOnly: true)
        }
    }
}
