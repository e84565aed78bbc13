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
        let all = IncludedConfiguration(of: repository.path, in: tree, rules: rules, read: contents)
        try guardNamed(all, from: place)
    }

    /// What the configurations of the work trees name that the workspace lies in: the host's git executes it there.
    mutating func guardNamedAbove() throws(RunError) {
        var place = trees[0].tree.path
        while place.removeLastComponent(), !place.components.isEmpty {
            guard let tree = try? ContainerTree(place), (try? tree.kind(".git")) == .directory,
                case .bytes = tree.configuration(".git/config")
            else { continue }
            workTrees.append(GuardedWorkTree(path: place, repository: place.appending(".git")))
            let all = IncludedConfiguration(of: ".git", in: tree, rules: rules, read: contents)
            try guardNamed(all, from: place)
        }
    }

    private mutating func guardNamed(_ all: IncludedConfiguration, from workTree: FilePath) throws(RunError) {
        if let error = all.unreadable { try refuse(error.path, "\(error.errno)") }
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
            guard fits(number, path) else { return leave(number, path, Self.tooLong) }
            try pin(number, path.removingLastComponent(), below: "")
            return try add(number, path, kind, readOnly: true)
        }
    }
}
