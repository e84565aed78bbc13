// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// The directories that containers write or have written, by path and by identity: a container can have made each link
/// and each file in them.
package struct WrittenTrees: Hashable, Sendable {
    /// The paths.
    package let paths: [FilePath]
    /// The path of each directory, by its identity; `nil` for a directory that is no longer at its path.
    private let places: [FileIdentity: FilePath?]

    /// The trees at `paths`, which are also known under other paths: those of bind mounts.
    package init(_ paths: [FilePath]) { self.init(paths, former: []) }

    /// - Parameter former: The identities of directories that are no longer at their paths.
    init(_ paths: [FilePath], former: Set<FileIdentity>) {
        let present = paths.compactMap { path in RealPath.identity(path).map { ($0, Optional(path)) } }
        self.paths = paths
        places = Dictionary(former.map { ($0, nil) } + present) { _, last in last }
    }

    /// One tree, known by its path alone.
    init(at path: FilePath) { (paths, places) = ([path], [:]) }

    /// The same trees and those at `others`.
    package func adding(_ others: [FilePath]) -> WrittenTrees {
        let former = places.compactMap { $0.value == nil ? $0.key : nil }
        return WrittenTrees(paths + others, former: Set(former))
    }

    /// The tree that is the directory at `path` with that identity, by the path under which it is known.
    func tree(at path: FilePath, _ identity: FileIdentity) -> FilePath? {
        guard let place = places[identity] else { return nil }
        return place ?? path
    }

    /// The tree with the path `real` in it.
    func tree(above real: FilePath) -> FilePath? { paths.first { real.starts(with: $0) } }
}
