// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The state of a directory when the container started, as far as the final file times do not show changes: old files
/// that were moved, and the contents of the index.
package struct ReportBaseline: Sendable {
    private static let mostPlaces = 20_000
    private static let mostIndexBytes = 128 << 20

    private let owner: (user: UInt32, group: UInt32)?
    /// The states of the paths that configurations name, and of paths in repositories, by path on the host.
    private var places: [FilePath: PlaceState] = [:]
    /// The index files, by path on the host.
    private var indices: [FilePath: [UInt8]] = [:]
    /// What was committed, by the directory of a work tree's own files.
    private var commits: [FilePath: CommittedPaths.State] = [:]
    /// The directories that contain placeholders, with their other entries, by path in the directory: creating and
    /// removing a placeholder changes their times.
    private var parents: [FilePath: PlaceState] = [:]

    /// Records `directory` before the container's start.
    ///
    /// - Parameters:
    ///   - workTrees: The work trees of the guarded repositories.
    ///   - rules: The rules with the caller's own git configuration.
    ///   - placeholders: The paths on the host that exist for the run only.
    package init(
        _ directory: FilePath, workTrees: [GuardedWorkTree], rules: RepositoryRules?,
        placeholders: Set<FilePath> = []
    ) {
        guard let tree = try? ContainerTree(directory), let status = (try? tree.status("")).flatMap(\.self) else {
            owner = nil
            return
        }
        owner = (status.st_uid, status.st_gid)
        parents = Self.parents(of: placeholders, in: tree)
        var left = Self.mostIndexBytes
        for review in GitWorktreeReview.all(of: workTrees, in: tree).all {
            let watched = review.watched(rules: rules)
            for place in watched.places.prefix(Self.mostPlaces - places.count) {
                let path = place.tree.place(place.path)
                // One of another start is no file of the project's either.
                let isOfRun = placeholders.contains(path) || GitGuard.isPlaceholder(place.path, in: place.tree)
                places[path] = isOfRun ? .nothing : place.state
            }
            if let (place, state) = watched.commits { commits[place] = state }
            if let (place, bytes) = review.indexFile, bytes.count <= left {
                indices[place] = bytes
                left -= bytes.count
            }
        }
    }

    private static func parents(of placeholders: Set<FilePath>, in tree: ContainerTree) -> [FilePath: PlaceState] {
        let above = Dictionary(grouping: placeholders) { $0.removingLastComponent() }
        return above.reduce(into: [:]) { parents, entry in
            var inside = entry.key
            guard !placeholders.contains(entry.key), inside.removePrefix(tree.path), !inside.isEmpty else { return }
            let names = entry.value.compactMap(\.lastComponent)
            parents[inside] = PlaceState(inside, in: tree, listing: true).without(names)
        }
    }

    /// The directories in which nothing changed but placeholders, by path in `tree`.
    func restored(in tree: ContainerTree) -> Set<[UInt8]> {
        let same = parents.filter { path, state in
            guard case .directory = state else { return false }
            return PlaceState(path, in: tree, listing: true) == state
        }
        return Set(same.keys.map(\.bytes))
    }

    /// The state of a path on the host; `nil` when it was not recorded.
    func state(of place: FilePath) -> PlaceState? { places[place] }

    /// What was committed in a repository; `nil` when it was not recorded.
    func commits(at directory: FilePath) -> CommittedPaths.State? { commits[directory] }

    /// The bytes of an index file; `nil` when it was not recorded.
    func index(at place: FilePath) -> [UInt8]? { indices[place] }

    /// The change of the directory's owner according to `status`.
    func ownerChange(to status: stat) -> OwnerChange? {
        guard let owner, owner != (status.st_uid, status.st_gid) else { return nil }
        return OwnerChange(before: owner, now: (status.st_uid, status.st_gid))
    }
}

/// A changed owner of a directory, as which the next container would run.
package struct OwnerChange: Hashable, Sendable {
    private let before: [UInt32]
    private let now: [UInt32]

    init(before: (user: UInt32, group: UInt32), now: (user: UInt32, group: UInt32)) {
        self.before = [before.user, before.group]
        self.now = [now.user, now.group]
    }

    /// A sentence about the directory `directory`.
    package func sentence(on directory: FilePath) -> String {
        let (old, new) = (before.map(String.init).joined(separator: ":"), now.map(String.init).joined(separator: ":"))
        // Only root's launcher can start a container as another user.
        let user = before[0] == now[0] || geteuid() != 0 ? "" : ", and the next container runs as its owner"
        return "'\(directory)' belongs to \(new) now, it was \(old)\(user): `sudo chown \(old) \(directory.shellWord)`"
    }
}
