// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// What the commits of a repository have at some paths of the work tree.
final class CommittedPaths {
    /// What a commit has at a path.
    enum Entry: Hashable, Sendable {
        /// Nothing.
        case nothing
        /// An entry of a tree, with its mode and object; of a parent directory when that is no directory, but a link, with
        /// the number of components before it.
        case there(mode: [UInt8], object: [UInt8], depth: Int)
        /// An object that cannot be read.
        case unknown
    }

    /// The references and the committed entries at a run's start.
    struct State: Sendable {
        let references: GitReferences
        /// The entries of the commit that was checked out, by path.
        let head: [[UInt8]: Entry]
        /// The files through which git finds objects in packs.
        fileprivate let packIndices: [PlaceState]
    }

    private static let mostChanged = 4000
    private static let head = Array("HEAD".utf8)
    private static let notes = Array("refs/notes/".utf8)
    private static let stash = Array("refs/stash".utf8)
    private static let treeMode = Array("40000".utf8)
    private static let indices: [FilePath] = ["objects/pack/multi-pack-index", "objects/pack/multi-pack-index.d"]

    private let paths: [[UInt8]]
    private let objects: GitObjects
    /// The current references.
    private let references: GitReferences
    private let packIndices: [PlaceState]
    /// What is at the paths in commits and trees that were read.
    private var read: [[UInt8]: [[UInt8]: Entry]] = [:]

    /// What the commits of the repository at `path` have at `paths`.
    ///
    /// - Parameters:
    ///   - directory: The directory of the work tree's own files.
    ///   - budget: The work that is left.
    init(
        _ paths: [[UInt8]], of path: FilePath, directory: FilePath, in tree: ContainerTree, charging budget: GitBudget
    ) {
        self.paths = paths
        objects = GitObjects(of: tree, at: path, charging: budget)
        references = GitReferences(of: path, directory: directory, in: tree, charging: budget)
        packIndices = Self.indices.map { PlaceState(path.pushing($0), in: tree, listing: true) }
    }

    /// The present state.
    var state: State {
        let head = references.objects[Self.head].map { entries($0) } ?? nothing
        return State(references: references, head: head, packIndices: packIndices)
    }

    private var nothing: [[UInt8]: Entry] { Dictionary(paths.map { ($0, .nothing) }) { first, _ in first } }
    private var unknown: [[UInt8]: Entry] { Dictionary(paths.map { ($0, .unknown) }) { first, _ in first } }

    /// The paths that a reference which changed since `before`, or a commit on its way, has otherwise than it had before,
    /// and than the commit had that was checked out; `nil` when the references at the start are not known.
    ///
    /// - Parameter commands: The paths for which a command may find something else when they are missing.
    func changed(since before: State, commands: Set<[UInt8]>) -> Set<[UInt8]>? {
        let (old, now) = (before.references.objects, references.objects)
        guard !before.references.isIncomplete else { return now == old ? nil : Set(paths) }
        let changed = now.filter { old[$0.key] != $0.value }
        guard !references.isIncomplete, packIndices == before.packIndices, changed.count < Self.mostChanged else {
            return Set(paths)
        }
        let known = old[Self.head].map { entries($0) } ?? nothing
        var versions = Versions(known: known.merging(before.head) { $1 }, commands: commands)
        // An object that was overwritten under its name.
        if let head = now[Self.head], old[Self.head] == head { versions.compareSame(entries(head)) }
        let stashed = references.stashed.subtracting(before.references.stashed)
        for (name, object) in changed {
            versions.compare(
                entries(object), before: [old[name].map { entries($0) } ?? [:]],
                isWorkTree: !name.starts(with: Self.notes))
        }
        for object in stashed { versions.compare(entries(object), before: []) }
        let stashes = stashed.union([changed[Self.stash]].compactMap(\.self))
        for parent in stashes.flatMap(untracked) { versions.compare(entries(parent), before: [], isWorkTree: false) }
        compare(newCommits(changed, stashes, before.references), changed.keys.compactMap { old[$0] }, &versions)
        return versions.changed
    }

    /// The paths that a tree which the index keeps has otherwise than the commit had that was checked out at the start.
    ///
    /// - Parameter kept: The trees that were not kept at the start.
    func changed(in kept: Set<GitIndex.KeptTree>, since before: State) -> Set<[UInt8]> {
        let slash = UInt8(ascii: "/")
        return Set(
            paths.filter { path in
                kept.contains { tree in
                    let isAbove = tree.path.isEmpty || path == tree.path || path.starts(with: tree.path + [slash])
                    guard isAbove || tree.path.starts(with: path + [slash]) else { return false }
                    return isAbove
                        ? isOther(tree, at: path, than: before.head[path])
                        : !isPart(tree, below: path, of: before.head[path])
                }
            })
    }

    /// Whether a tree has something else at a path below or at its directory; nothing counts as nothing else.
    private func isOther(_ tree: GitIndex.KeptTree, at path: [UInt8], than known: Entry?) -> Bool {
        let parts = path.split(separator: UInt8(ascii: "/"))
        let depth = tree.path.split(separator: UInt8(ascii: "/")).count
        guard depth < parts.count else {
            return known != .there(mode: Self.treeMode, object: tree.object, depth: depth - 1)
        }
        var found: [[UInt8]: Entry] = [:]
        search(tree.object, [(path, parts[depth...])], depth: depth, &found)
        return found[path].map { $0 != known } ?? false
    }

    /// Whether the tree at `path` has this tree in the place of its directory.
    private func isPart(_ tree: GitIndex.KeptTree, below path: [UInt8], of known: Entry?) -> Bool {
        guard case .there(_, let object, _) = known else { return false }
        let parts = tree.path.split(separator: UInt8(ascii: "/"))
        let depth = path.split(separator: UInt8(ascii: "/")).count
        var found: [[UInt8]: Entry] = [:]
        search(object, [(tree.path, parts[depth...])], depth: depth, &found)
        guard case .there(_, let part, parts.count - 1) = found[tree.path] else { return false }
        return part == tree.object
    }

    private func compare(_ new: NewCommits, _ before: [[UInt8]], _ versions: inout Versions) {
        guard !new.isIncomplete else {
            versions.changed = Set(paths)
            return
        }
        let (found, known) = (new.found, Set(before))
        guard !found.isEmpty else { return }
        let old = known.map { entries($0) }
        for commit in found { versions.compare(entries(commit.name), before: old, isWorkTree: commit.isWorkTree) }
    }

    private func newCommits(
        _ changed: [[UInt8]: [UInt8]], _ stashes: Set<[UInt8]>, _ before: GitReferences
    ) -> NewCommits {
        let logged = references.logged.subtracting(before.logged).subtracting(stashes)
        let all = changed.filter { !stashes.contains($0.value) }
        let tips = all.map { NewCommits.Tip(name: $0.value, isWorkTree: !$0.key.starts(with: Self.notes)) }
        // An object of the notes is in their reflog, too.
        let notes = Set(tips.filter { !$0.isWorkTree }.map(\.name))
        let earlier = logged.subtracting(notes).map { NewCommits.Tip(name: $0) }
        let old = [before.objects[Self.head]].compactMap(\.self) + changed.keys.compactMap { before.objects[$0] }
        return NewCommits(
            from: Set(tips + earlier + stashes.map { NewCommits.Tip(name: $0, isStash: true) }),
            known: Set(before.objects.values).union(before.logged),
            old: old + Set(before.objects.values).subtracting(old),
            shallow: references.shallow, in: objects)
    }

    /// The third parent of an entry of the stash, which has the files that were not tracked (git-stash(1)), and others.
    private func untracked(_ stash: [UInt8]) -> [[UInt8]] {
        guard case .commit(_, let commit) = objects.peeled(stash) else { return [] }
        return Array(commit.parents.dropFirst(2))
    }

    /// What is at the paths in the tree that an object leads to; empty for a file.
    private func entries(_ name: [UInt8]) -> [[UInt8]: Entry] {
        if let found = read[name] { return found }
        var found: [[UInt8]: Entry]
        switch objects.peeled(name) {
        case nil: found = unknown
        case .file: found = [:]
        case .commit(_, let commit): found = entries(ofTree: commit.tree)
        case .tree(let tree): found = entries(ofTree: tree)
        }
        read[name] = found
        return found
    }

    private func entries(ofTree name: [UInt8]) -> [[UInt8]: Entry] {
        if let found = read[name] { return found }
        var found = nothing
        search(name, paths.map { ($0, $0.split(separator: UInt8(ascii: "/"))[...]) }, depth: 0, &found)
        read[name] = found
        return found
    }

    /// Finds the entries of paths, given with the components that are left, in a tree and in those below.
    private func search(
        _ name: [UInt8], _ paths: [(path: [UInt8], rest: ArraySlice<ArraySlice<UInt8>>)], depth: Int,
        _ found: inout [[UInt8]: Entry]
    ) {
        let wanted = Dictionary(grouping: paths) { Array($0.rest.first ?? []) }
        guard let object = objects.object(name), object.kind == .tree,
            let entries = Self.entries(of: object.bytes, size: name.count, named: Set(wanted.keys))
        else {
            for item in paths { found[item.path] = .unknown }
            return
        }
        for (component, entry) in entries {
            let items = wanted[component] ?? []
            let ending = items.filter { $0.rest.count == 1 || entry.mode != Self.treeMode }
            for item in ending { found[item.path] = .there(mode: entry.mode, object: entry.object, depth: depth) }
            guard ending.count < items.count else { continue }
            let below = items.filter { $0.rest.count > 1 }.map { ($0.path, $0.rest.dropFirst()) }
            search(entry.object, below, depth: depth + 1, &found)
        }
    }

    /// The entries of a tree that have one of the names; `nil` for a malformed tree, and for one that has a name twice or
    /// names with a slash, of which it depends on the reader what is there.
    private static func entries(
        of tree: [UInt8], size: Int, named names: Set<[UInt8]>
    ) -> [[UInt8]: (mode: [UInt8], object: [UInt8])]? {
        var (rest, found): (ArraySlice<UInt8>, [[UInt8]: (mode: [UInt8], object: [UInt8])]) = (tree[...], [:])
        while !rest.isEmpty {
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")), let end = rest[space...].firstIndex(of: 0),
                rest.endIndex - end > size
            else { return nil }
            let name = Array(rest[(space + 1)..<end])
            guard !name.contains(UInt8(ascii: "/")), found[name] == nil else { return nil }
            if names.contains(name) {
                found[name] = (Array(rest[..<space]), Array(rest[(end + 1)..<(end + 1 + size)]))
            }
            rest = rest[(end + 1 + size)...]
        }
        return found
    }
}

/// The comparison of versions of paths.
private struct Versions {
    typealias Entries = [[UInt8]: CommittedPaths.Entry]

    /// What the commit had that was checked out at the start.
    let known: Entries
    let commands: Set<[UInt8]>
    /// The paths that have another version.
    var changed: Set<[UInt8]> = []

    init(known: Entries, commands: Set<[UInt8]>) { (self.known, self.commands) = (known, commands) }

    /// Compares what should be the same.
    mutating func compareSame(_ now: Entries) {
        for (path, entry) in now where known[path] != entry && known[path] != .unknown { changed.insert(path) }
    }

    /// Compares versions with the known one, and with others that are as old.
    ///
    /// - Parameter isWorkTree: Whether a missing path is missing when they are checked out.
    mutating func compare(_ now: Entries, before: [Entries], isWorkTree: Bool = true) {
        for (path, entry) in now where !changed.contains(path) {
            // Without a hook, git executes none; without a program, a command may find another one.
            if entry == .nothing, !isWorkTree || !commands.contains(path) { continue }
            let isKnown = entry != .unknown && (entry == known[path] || before.contains { $0[path] == entry })
            if !isKnown { changed.insert(path) }
        }
    }
}
