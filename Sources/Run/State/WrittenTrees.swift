// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// The directories that containers write or have written, by path and by identity: a container can have made each link
/// and each file in them.
package struct WrittenTrees: Hashable, Sendable {
    /// The paths.
    package let paths: [FilePath]
    /// The path of each directory, by its identity.
    private let places: [FileIdentity: FilePath]
    /// The times of birth of directories that are no longer at their paths, by their identities.
    private let former: [FileIdentity: [Int64]]

    /// The trees at `paths`, which are also known under other paths: those of bind mounts.
    package init(_ paths: [FilePath]) { self.init(paths, former: [:]) }

    /// - Parameter former: The identities and times of birth of directories that are no longer at their paths.
    init(_ paths: [FilePath], former: [FileIdentity: [Int64]]) {
        let present = paths.compactMap { path in RealPath.identity(path).map { ($0, path) } }
        (self.paths, self.former) = (paths, former)
        places = Dictionary(present) { _, last in last }
    }

    /// One tree, known by its path alone.
    init(at path: FilePath) { (paths, places, former) = ([path], [:], [:]) }

    /// The same trees and those at `others`.
    package func adding(_ others: [FilePath]) -> WrittenTrees { WrittenTrees(paths + others, former: former) }

    /// The tree that is the directory at `path` with that identity, by the path under which it is known.
    func tree(at path: FilePath, _ identity: FileIdentity) -> FilePath? {
        if let place = places[identity] { return place }
        guard let births = former[identity] else { return nil }
        let birth = RecordedDirectory.birth(of: path)
        return births.contains { RecordedDirectory.mayBe($0, birth) } ? path : nil
    }

    /// Whether a container may have made a file at the real path `place`: it is in one of the trees, under whatever
    /// path.
    func mayHold(_ place: FilePath) -> Bool {
        if tree(above: place) != nil { return true }
        return RealPath.withAncestors(place.removingLastComponent()).contains { directory in
            RealPath.identity(directory).flatMap { tree(at: directory, $0) } != nil
        }
    }

    /// The tree with the path `real` in it.
    func tree(above real: FilePath) -> FilePath? { paths.first { real.starts(with: $0) } }
}
