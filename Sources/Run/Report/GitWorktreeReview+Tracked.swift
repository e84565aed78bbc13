// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension GitWorktreeReview {
    private static let mostAsked = 256

    /// The named paths that git itself writes to: changes that the container staged or committed there reach the work
    /// tree with a later command on the host.
    func tracked(_ places: [NamedPlace], since start: Moment, _ baseline: ReportBaseline?) -> [GitFinding] {
        let asked = asked(places)
        let names = asked.map(\.name)
        guard !asked.isEmpty, let now = versions(at: names) else { return [] }
        let place = repository.place(directory)
        let known = baseline?.index(at: place.appending("index")).flatMap { versions(at: names, $0) }
        let isWritten = isChanged("index", since: start)
        let kept = isWritten ? kept(names, since: baseline, at: place) : []
        // Without the references at the start every change of one counts.
        let commands = Set(asked.filter { !$0.place.isPath }.map(\.name))
        let committed = baseline?.commits(at: place).flatMap {
            commits(at: names).changed(since: $0, commands: commands)
        }
        let isCommitted = committed == nil && hasNewCommits(since: start)
        return asked.compactMap { place, name in
            let isTracked = now[name] != nil
            let isStaged = known.map { $0[name] != now[name] } ?? (isWritten && isTracked)
            let isThere = isCommitted || committed?.contains(name) == true || kept.contains(name)
            // A removal that is only staged does not reach the work tree.
            guard isTracked ? isStaged || isThere : place.isPath && (isThere || isStaged && isMissing(place)) else {
                return nil
            }
            let what = isTracked ? "it is tracked" : isMissing(place) ? "nothing is there" : "it is not tracked"
            let words =
                "\(ShownPath.text(place.key.utf8.prefix(100))) names it and \(what): a checkout, reset or stash pop of what "
                + "the container committed or staged can change it"
            return GitFinding(place.path, words)
        }
    }

    /// The paths of which the index keeps another version for the next commit.
    private func kept(_ names: [[UInt8]], since baseline: ReportBaseline?, at place: FilePath) -> Set<[UInt8]> {
        let before = baseline?.index(at: place.appending("index")).flatMap { keptTrees(at: names, $0) } ?? []
        guard let now = keptTrees(at: names), let known = baseline?.commits(at: place) else { return [] }
        return commits(at: names).changed(in: now.subtracting(before), since: known)
    }

    /// The paths in the index of places that git itself may write to.
    private func asked(_ places: [NamedPlace]) -> [(place: NamedPlace, name: [UInt8])] {
        places.filter { !$0.isBeneath }.prefix(Self.mostAsked).flatMap { place in
            [place.path, tree.followed(place.path)].compactMap { $0.flatMap(indexPath) }.map { (place, $0) }
        }
    }

    private func commits(at names: [[UInt8]]) -> CommittedPaths {
        CommittedPaths(names, of: path, directory: directory, in: repository, charging: budget)
    }

    /// The directory of the work tree's own files, with the references, and what is committed at `places`; `nil` without
    /// any.
    func commitState(_ places: [NamedPlace]) -> (place: FilePath, state: CommittedPaths.State)? {
        let names = asked(places).map(\.name)
        return names.isEmpty ? nil : (repository.place(directory), commits(at: names).state)
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
