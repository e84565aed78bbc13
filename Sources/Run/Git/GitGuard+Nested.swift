// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension GitGuard {
    /// The maximum number of entries of a tree that are searched for nested repositories before a start.
    private static let looked = 100_000

    static let tooLong = "its path is too long to be mounted, or no engine supports its name"

    /// Guards the other repositories in the tree `number` besides its own and their submodules, the nearest first. An
    /// unusable `.git` is only a remark, and the start continues. All directories are remembered, also after the limits
    /// are reached.
    mutating func nest(_ number: Int) throws(RunError) {
        var left = Self.looked
        var isFull = false
        var level: [FilePath] = [""]
        while !level.isEmpty {
            var below: [FilePath] = []
            for directory in level {
                guard let entries = entries(number, directory, left) else { return tooLarge(number) }
                left -= entries.count
                for entry in entries where entry.kind == .directory || entry.kind == nil {
                    guard entry.name != ".git", !HostExecuted.dependencies.contains(entry.name.string) else { continue }
                    let inner = directory.appending(entry.name)
                    below.append(inner)
                    guard !isFull else { continue }
                    isFull = load.isHalf
                    guard !isFull else {
                        unguarded.append(
                            "'\(trees[number].tree.path)' has more nested repositories than can be guarded")
                        continue
                    }
                    try attempt { guarding throws(RunError) in try guarding.guardNested(number, inner) }
                }
                if left <= 0 { return tooLarge(number) }
            }
            level = below
        }
    }

    /// Remembers the directories in the guarded repositories of the tree `number`, except for objects: a run and its
    /// guard change their times.
    mutating func remember(_ number: Int) {
        var left = Self.looked
        var waiting = held.filter { $0.number == number }.map(\.path)[...]
        while let path = waiting.popFirst(), left > 0 {
            guard let directory = try? trees[number].tree.open(path, O_RDONLY | O_DIRECTORY) else { continue }
            let status = try? ContainerTree.status(of: directory)
            let list = ContainerTree.defaultList(of: directory)
            guard let entries = try? DirectoryEntries.read(directory, limit: left), let status else { continue }
            left -= entries.count + 1
            if let list { defaultLists[number, default: [:]][FileIdentity(status)] = list }
            guard directories[number, default: [:]].updateValue(path, forKey: FileIdentity(status)) == nil else {
                continue
            }
            for entry in entries where entry.kind == .directory && entry.name != "objects" {
                waiting.append(path.appending(entry.name))
            }
        }
    }

    private mutating func tooLarge(_ number: Int) {
        oddities.append("'\(trees[number].tree.path)' is large, so not every nested repository in it is guarded")
    }

    /// The entries of a directory, which is remembered; `nil` for more than `limit`.
    private mutating func entries(_ number: Int, _ path: FilePath, _ limit: Int) -> [DirectoryEntries.Entry]? {
        guard known[number]?[path.appending("commondir")] == nil else { return [] }
        do {
            let directory = try trees[number].tree.open(path, O_RDONLY | O_DIRECTORY)
            if let status = try? ContainerTree.status(of: directory) {
                directories[number, default: [:]][FileIdentity(status)] = path
                if let list = ContainerTree.defaultList(of: directory) {
                    defaultLists[number, default: [:]][FileIdentity(status)] = list
                }
            }
            return try DirectoryEntries.read(directory, limit: max(1, limit))
        } catch Errno.outOfRange { return nil } catch {
            switch error as? Errno {
            case .permissionDenied: noteClosed(number, path)
            case .fileNameTooLong: leave(number, path, Self.tooLong)
            default: break
            }
            return []
        }
    }

    /// The host's git cannot read another user's directory either; the final report names it.
    private mutating func noteClosed(_ number: Int, _ path: FilePath) {
        let tree = trees[number].tree
        guard (try? tree.status(path)).flatMap(\.self)?.st_uid == geteuid() else { return }
        leave(number, path, "its mode denies access; `chmod u+rwx` fixes that")
    }

    private mutating func guardNested(_ number: Int, _ path: FilePath) throws(RunError) {
        let tree = trees[number].tree
        let place = path.appending(".git")
        guard known[number]?[place] == nil, let kind = try? tree.kind(place), kind != .nothing else { return }
        if kind == .directory {
            do { if try !GitDirectory(tree: tree, path: place).hasHead() { return } } catch {
                return leaveClosed(number, place)
            }
        }
        guard fits(number, path) else {
            return leave(number, path, Self.tooLong)
        }
        // A problem deeper in a repository could remove its guard, so the start is refused until it is repaired.
        try guardInner(number, path, unless: place) { guarding throws(RunError) in
            try guarding.pin(number, path, below: "")
            try guarding.guardWorkTree(number, path, depth: 1)
        }
    }

    /// The caller's git cannot use a repository that the caller cannot read: the start continues, and a repair opens it
    /// or moves it aside. One that was moved aside is left.
    private mutating func leaveClosed(_ number: Int, _ place: FilePath) {
        guard !place.components.contains(where: { $0.string.contains(".quarantined-") }) else {
            return leave(number, place, "it is not accessible to you, and was moved aside")
        }
        leave(number, place, "it is not accessible to you; `opencode-docker projects repair` opens or moves it")
        obstacles?.append(GuardObstacle(place: trees[number].tree.place(place), why: "it is not accessible to you"))
    }
}
