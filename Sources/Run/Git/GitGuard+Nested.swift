// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension GitGuard {
    /// How many entries of a tree are looked at for nested repositories before a start.
    private static let looked = 20_000

    /// Guards the repositories that lie in the tree `number` beside its own and their submodules, the nearest first. One
    /// whose `.git` is of no use to git is a remark, and the start goes on.
    mutating func nest(_ number: Int) throws(RunError) {
        var left = Self.looked
        var directories: [FilePath] = [""]
        while !directories.isEmpty {
            var below: [FilePath] = []
            for directory in directories {
                guard let entries = entries(number, directory, left) else { return tooLarge(number) }
                left -= entries.count
                for entry in entries where entry.kind == .directory || entry.kind == nil {
                    guard entry.name != ".git", !HostExecuted.dependencies.contains(entry.name.string) else { continue }
                    let inner = directory.appending(entry.name)
                    if known.values.reduce(0, { $0 + $1.count }) < Self.limit / 2 {
                        try guardNested(number, inner)
                    } else {
                        left = 0
                    }
                    below.append(inner)
                }
                if left <= 0 { return tooLarge(number) }
            }
            directories = below
        }
    }

    private mutating func tooLarge(_ number: Int) {
        remarks.append("'\(trees[number].tree.path)' is large, so not every nested repository in it is guarded")
    }

    private func entries(_ number: Int, _ path: FilePath, _ limit: Int) -> [DirectoryEntries.Entry]? {
        let isRepository = known[number]?[path.appending("commondir")] != nil
        guard !isRepository, let directory = try? trees[number].tree.open(path, O_RDONLY | O_DIRECTORY) else {
            return []
        }
        return try? DirectoryEntries.read(directory, limit: max(1, limit))
    }

    private mutating func guardNested(_ number: Int, _ path: FilePath) throws(RunError) {
        let tree = trees[number].tree
        let place = path.appending(".git")
        guard known[number]?[place] == nil, let kind = try? tree.kind(place), kind != .nothing else { return }
        if kind == .directory, (try? GitDirectory(tree: tree, path: place).hasHead()) != true { return }
        let before = (known, repositories, held, remarks, workTrees)
        do {
            try pin(number, path, below: "")
            try guardWorkTree(number, path, depth: 1)
        } catch {
            // What is wrong deeper in a repository could lift its guard: the start is refused, and repaired.
            guard case .unguardable(tree.place(place), _) = error else { throw error }
            (known, repositories, held, remarks, workTrees) = before
            remarks.append("a nested repository is not guarded: \(error.sentence)")
        }
    }
}
