// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension GitGuard {
    /// How many entries of a tree are looked at for nested repositories before a start.
    private static let looked = 20_000

    /// Guards the repositories that lie in the tree `number` beside its own and their submodules, the nearest first. One
    /// that cannot be guarded is a remark, since its name is not the user's choice: the start goes on.
    mutating func nest(_ number: Int) {
        var left = Self.looked
        var directories: [FilePath] = [""]
        while !directories.isEmpty {
            var below: [FilePath] = []
            for directory in directories {
                guard let entries = entries(number, directory, left) else { continue }
                left -= entries.count
                for entry in entries where entry.kind == .directory || entry.kind == nil {
                    guard entry.name != ".git", !HostExecuted.dependencies.contains(entry.name.string) else { continue }
                    let inner = directory.appending(entry.name)
                    guardNested(number, inner)
                    below.append(inner)
                }
                if left <= 0 { return remarks.append("it is large, so not every nested repository is guarded") }
            }
            directories = below
        }
    }

    private func entries(_ number: Int, _ path: FilePath, _ limit: Int) -> [DirectoryEntries.Entry]? {
        let isRepository = known[number]?[path.appending("commondir")] != nil
        guard !isRepository, let directory = try? trees[number].tree.open(path, O_RDONLY | O_DIRECTORY) else {
            return nil
        }
        return try? DirectoryEntries.read(directory, limit: max(1, limit))
    }

    private mutating func guardNested(_ number: Int, _ path: FilePath) {
        let tree = trees[number].tree
        let place = path.appending(".git")
        guard known[number]?[place] == nil, let kind = try? tree.kind(place), kind != .nothing else { return }
        let before = (known, repositories, remarks)
        do {
            try pin(number, path, below: "")
            try guardWorkTree(number, path, depth: 1)
        } catch {
            (known, repositories, remarks) = before
            remarks.append("the nested repository '\(tree.place(path))' is not guarded: \(error.sentence)")
        }
    }
}
