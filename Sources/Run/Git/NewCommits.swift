// SPDX-License-Identifier: Apache-2.0

/// The commits that the references of a repository lead to, and did not at a run's start.
///
/// Commits are followed by their times, the newest first, as git does, from both ends. A forged time, or one of a clock
/// that was wrong, can make an old commit count as new, not a new one as old.
struct NewCommits {
    /// An object that a reference leads to.
    struct Tip: Hashable {
        let name: [UInt8]
        /// Whether it is a commit of the work tree, not of notes.
        var isWorkTree = true
        /// Whether it is an entry of the stash, whose third parent has only files that were not tracked (git-stash(1)).
        var isStash = false
    }

    private static let most = 10_000
    private static let mostOld = 64

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let old = Flags(rawValue: 1)
        static let workTree = Flags(rawValue: 2)
    }

    private struct Waiting {
        let time: Int64
        let isOld: Bool
        let name: [UInt8]

        func isBefore(_ other: Waiting) -> Bool { time != other.time ? time < other.time : !isOld && other.isOld }
    }

    private let objects: GitObjects
    /// The commits that were known at the start.
    private let known: Set<[UInt8]>
    /// The commits whose parents git does not look for.
    private let shallow: Set<[UInt8]>
    private var commits: [[UInt8]: GitCommit] = [:]
    private var flags: [[UInt8]: Flags] = [:]
    /// The commits whose parents are not known yet, the newest last, and the new ones among them.
    private var (queue, waiting): ([Waiting], Set<[UInt8]>) = ([], [])
    private var stashes: Set<[UInt8]> = []
    /// Whether there may be others.
    private(set) var isIncomplete = false

    /// Searches from `tips` to commits that are in `known`, or that those in `old` lead to.
    init(
        from tips: Set<Tip>, known: Set<[UInt8]>, old: [[UInt8]], shallow: Set<[UInt8]>, in objects: GitObjects
    ) {
        (self.objects, self.known, self.shallow) = (objects, known, shallow)
        for tip in tips where !known.contains(tip.name) {
            switch objects.peeled(tip.name) {
            case nil: isIncomplete = true
            case .tree, .file: break
            case .commit(let name, let commit):
                commits[name] = commit
                if tip.isStash { stashes.insert(name) }
                add(name, tip.isWorkTree ? .workTree : [])
            }
        }
        guard !waiting.isEmpty else { return }
        for name in old.prefix(Self.mostOld) {
            guard case .commit(let name, let commit) = objects.peeled(name) else { continue }
            commits[name] = commit
            add(name, .old)
        }
        search()
    }

    /// The new commits, and whether each is of the work tree.
    var found: [(name: [UInt8], isWorkTree: Bool)] {
        flags.filter { !$0.value.contains(.old) }.map { ($0.key, $0.value.contains(.workTree)) }
    }

    private mutating func search() {
        var left = Self.most
        while !waiting.isEmpty, let next = queue.popLast() {
            left -= 1
            guard left > 0 else {
                isIncomplete = true
                return
            }
            waiting.remove(next.name)
            guard let commit = commits[next.name], let own = flags[next.name], !shallow.contains(next.name) else {
                continue
            }
            for (index, parent) in commit.parents.enumerated() {
                add(parent, index >= 2 && stashes.contains(next.name) ? own.subtracting(.workTree) : own)
            }
        }
    }

    private mutating func add(_ name: [UInt8], _ added: Flags) {
        let before = flags[name]
        var now = (before ?? []).union(added)
        if known.contains(name) { now.insert(.old) }
        guard now != before else { return }
        flags[name] = now
        let isOld = now.contains(.old)
        if isOld { waiting.remove(name) }
        if commits[name] == nil, case .commit(let found, let commit) = objects.peeled(name), found == name {
            commits[name] = commit
        }
        guard let commit = commits[name] else {
            if !isOld { isIncomplete = true }
            return
        }
        if !isOld { waiting.insert(name) }
        let item = Waiting(time: commit.time, isOld: isOld, name: name)
        var (low, high) = (0, queue.count)
        while low < high {
            let middle = (low + high) / 2
            if item.isBefore(queue[middle]) { high = middle } else { low = middle + 1 }
        }
        queue.insert(item, at: low)
    }
}
