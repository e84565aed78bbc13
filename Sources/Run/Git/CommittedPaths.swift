// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// What the commits of a repository have at some paths of the work tree.
struct CommittedPaths {
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
    }

    private static let mostCommits = 400
    private static let head = Array("HEAD".utf8)
    private static let treeMode = Array("40000".utf8)

    private let objects: GitObjects
    /// The current references.
    private let references: GitReferences

    /// The commits of the repository at `path`.
    ///
    /// - Parameter directory: The directory of the work tree's own files.
    init(of path: FilePath, directory: FilePath, in tree: ContainerTree) {
        objects = GitObjects(of: tree, at: path)
        references = GitReferences(of: path, directory: directory, in: tree)
    }

    /// The state for `paths`.
    func state(of paths: [[UInt8]]) -> State {
        State(references: references, head: Dictionary(paths.map { ($0, headEntry($0)) }) { first, _ in first })
    }

    private func headEntry(_ path: [UInt8]) -> Entry {
        references.objects[Self.head].map { entry(path, of: $0) } ?? .nothing
    }

    /// The paths that a reference which changed since `before` has otherwise than it had before, and than the commit had
    /// that was checked out; `nil` when the references cannot be compared.
    func changed(_ paths: [[UInt8]], since before: State) -> Set<[UInt8]>? {
        guard !references.isIncomplete, !before.references.isIncomplete else { return nil }
        var pairs: Set<[[UInt8]]> = []
        for (name, object) in references.objects where before.references.objects[name] != object {
            pairs.insert([object, before.references.objects[name] ?? []])
        }
        guard pairs.count < Self.mostCommits else { return nil }
        let changes = pairs.map { (commits: [$0[0]] + parents(ofStash: $0[0]), before: $0[1]) }
        return Set(paths.filter { path in isChanged(path, changes, before) })
    }

    private func isChanged(
        _ path: [UInt8], _ changes: [(commits: [[UInt8]], before: [UInt8])], _ before: State
    ) -> Bool {
        let known = before.head[path] ?? before.references.objects[Self.head].map { entry(path, of: $0) } ?? .nothing
        // An object that was overwritten under its name.
        if known != .unknown, headIsSame(before), headEntry(path) != known { return true }
        return changes.contains { change in
            change.commits.contains { commit in
                let now = entry(path, of: commit)
                guard now != .unknown else { return true }
                return now != known && (change.before.isEmpty || now != entry(path, of: change.before))
            }
        }
    }

    private func headIsSame(_ before: State) -> Bool {
        references.objects[Self.head] == before.references.objects[Self.head]
    }

    /// The third parent of a stash, which has the files that were not tracked (git-stash(1)).
    private func parents(ofStash commit: [UInt8]) -> [[UInt8]] {
        guard let object = objects.object(commit), object.kind == .commit else { return [] }
        let parents = Self.headers(object.bytes).filter { $0.name.elementsEqual("parent".utf8) }
        return parents.count == 3 ? [parents[2]].compactMap { Hex.name($0.value) } : []
    }

    /// The entry at a path of the tree that an object leads to.
    private func entry(_ path: [UInt8], of name: [UInt8]) -> Entry {
        guard var tree = tree(of: name) else { return .unknown }
        let components = path.split(separator: UInt8(ascii: "/"))
        for (index, component) in components.enumerated() {
            guard let (mode, object) = Self.find(component, in: tree, name.count) else { return .unknown }
            guard let mode, let object else { return .nothing }
            guard index + 1 < components.count, mode == Self.treeMode else {
                return .there(mode: mode, object: object, depth: index)
            }
            guard let next = objects.object(object), next.kind == .tree else { return .unknown }
            tree = next.bytes
        }
        return .nothing
    }

    /// The bytes of the tree of a tag or commit.
    private func tree(of name: [UInt8]) -> [UInt8]? {
        var name = name
        for _ in 0..<8 {
            guard let object = objects.object(name) else { return nil }
            let key: String
            switch object.kind {
            case .tree: return object.bytes
            case .commit: key = "tree"
            case .tag: key = "object"
            // A tag of a file, which cannot be checked out.
            case .blob: return []
            }
            guard let line = Self.headers(object.bytes).first, line.name.elementsEqual(key.utf8),
                let next = Hex.name(line.value)
            else { return nil }
            name = next
        }
        return nil
    }

    /// The lines of a commit or tag before its message, as far as they are needed.
    private static func headers(_ bytes: [UInt8]) -> [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] {
        var lines: [(ArraySlice<UInt8>, ArraySlice<UInt8>)] = []
        for line in bytes.prefix(1 << 14).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            guard let space = line.firstIndex(of: UInt8(ascii: " ")), lines.count < 64 else { break }
            lines.append((line[..<space], line[(space + 1)...]))
        }
        return lines
    }

    /// The mode and object of an entry of a tree, `nil` for both without it; `nil` for a malformed tree.
    private static func find(
        _ name: ArraySlice<UInt8>, in tree: [UInt8], _ size: Int
    ) -> (mode: [UInt8]?, object: [UInt8]?)? {
        var rest = tree[...]
        while !rest.isEmpty {
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")), let end = rest[space...].firstIndex(of: 0),
                rest.endIndex - end > size
            else { return nil }
            let object = rest[(end + 1)..<(end + 1 + size)]
            if rest[(space + 1)..<end].elementsEqual(name) { return (Array(rest[..<space]), Array(object)) }
            rest = rest[(end + 1 + size)...]
        }
        return (nil, nil)
    }
}
