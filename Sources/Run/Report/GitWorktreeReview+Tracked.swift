// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension GitWorktreeReview {
    private static let mostAsked = 256
    private static let packs: FilePath = "objects/pack"
    /// The directories of objects whose identities, and for packs names, show what arrived in packs.
    static let objectDirectories: [FilePath] = ["objects", packs]

    /// The named paths that git itself writes to: changes that the container staged or committed there reach the work
    /// tree with a later command on the host.
    func tracked(_ places: [NamedPlace], since start: Moment, _ baseline: ReportBaseline?) -> [GitFinding] {
        let asked = places.prefix(Self.mostAsked).flatMap { place in
            [place.path, tree.followed(place.path)].compactMap { $0.flatMap(indexPath) }.map { (place, $0) }
        }
        guard !asked.isEmpty else { return [] }
        let (isCommitted, isWritten) = (hasNewCommits(since: start), isChanged("index", since: start))
        let isMissing = asked.map { $0.0.isPath && self.isMissing($0.0) }
        guard isCommitted || isWritten || isMissing.contains(true), let now = versions(at: asked.map(\.1)) else {
            return []
        }
        let known = baseline?.index(at: repository.place(directory.appending("index"))).flatMap {
            versions(at: asked.map(\.1), $0)
        }
        lazy var trees = NewTrees(
            in: repository, at: path, since: start, hasNewPacks: hasNewPacks(since: start, baseline))
        return zip(asked, isMissing).compactMap { asked, isMissing in
            let (place, name) = asked
            let isTracked = now[name] != nil
            guard isTracked || isMissing else { return nil }
            let isStaged = known.map { $0[name] != now[name] } ?? (isWritten && isTracked)
            guard isStaged || (isTracked ? isCommitted : trees.mayCreate(name)) else { return nil }
            let what = isTracked ? "it is tracked" : "nothing is there"
            let words =
                "\(ShownPath.text(place.key.utf8.prefix(100))) names it and \(what): a checkout, reset or stash pop of what "
                + "the container committed or staged can change it"
            return GitFinding(place.path, words)
        }
    }

    /// Whether objects may have arrived in packs.
    private func hasNewPacks(since start: Moment, _ baseline: ReportBaseline?) -> Bool {
        let isSame = Self.objectDirectories.map { directory in
            let inside = path.pushing(directory)
            let now = PlaceState(inside, in: repository, listing: directory == Self.packs)
            guard let before = baseline?.state(of: repository.place(inside)) else {
                return now == .nothing || !isChanged(inside, since: start)
            }
            return now == before && now != .unknown
        }
        return isSame.contains(false)
    }

    /// The path in the index; `nil` outside of the work tree and in a `.git`, which git never checks out.
    private func indexPath(of path: FilePath) -> [UInt8]? {
        var inside = tree.place(path)
        let isInside = inside.removePrefix(tree.place(workTree).lexicallyNormalized())
        let isFile = isInside && !inside.isEmpty && !inside.components.contains { $0.string.lowercased() == ".git" }
        return isFile ? inside.bytes : nil
    }

    private func isMissing(_ place: NamedPlace) -> Bool { (try? tree.kind(place.path)) == .nothing }

    private func isChanged(_ name: String, since start: Moment) -> Bool {
        isChanged(directory.appending(name), since: start)
    }

    private func isChanged(_ path: FilePath, since start: Moment) -> Bool {
        let status = (try? repository.status(path)).flatMap(\.self)
        return status.map { Moment($0) >= start } ?? false
    }

    /// Whether a branch, a tag or another reference changed (gitrepository-layout(5)).
    private func hasNewCommits(since start: Moment) -> Bool {
        if isChanged("HEAD", since: start) { return true }
        let packed = (try? repository.status(path.appending("packed-refs"))).flatMap(\.self)
        if let packed, Moment(packed) >= start { return true }
        return ["refs", "reftable", "logs"].contains { name in
            guard let directory = try? repository.open(path.appending(name), O_RDONLY | O_DIRECTORY) else {
                return false
            }
            if let status = try? ContainerTree.status(of: directory), Moment(status) >= start {
                try? directory.close()
                return true
            }
            var walk = TreeWalk(NewestVisitor(start: start))
            walk.walk(directory, ())
            return walk.finish().isChanged
        }
    }
}

/// Determines whether anything in a directory changed.
private struct NewestVisitor: TreeVisitor {
    let start: Moment
    private(set) var isChanged = false

    mutating func visit(_ entry: TreeEntry, in mark: inout Void) -> Void? {
        if Moment(entry.status) >= start { isChanged = true }
        return isChanged ? nil : ()
    }

    mutating func listed(_ directory: TreeDirectory, _ mark: Void) {}
    mutating func missed(_ path: [UInt8], _ gap: TreeGap) { isChanged = true }
}
