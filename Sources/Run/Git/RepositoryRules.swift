// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// A work tree and the guarded repository that it belongs to, as paths on the host.
package struct GuardedWorkTree: Hashable, Sendable {
    /// The directory of the files.
    package let path: FilePath
    /// The directory with `config`.
    package let repository: FilePath
    /// The directory with `index`: the repository, or that of a linked work tree.
    package let directory: FilePath
    /// Whether `.gitmodules` of the enclosing work tree named it at the start.
    package let isSubmodule: Bool

    /// Creates a work tree.
    ///
    /// - Parameter directory: `nil` for the repository.
    package init(path: FilePath, repository: FilePath, directory: FilePath? = nil, isSubmodule: Bool = false) {
        self.path = path
        self.repository = repository
        self.directory = directory ?? repository
        self.isSubmodule = isSubmodule
    }
}

/// The rules for mounting repositories outside of the mounted trees.
package struct RepositoryRules: Sendable {
    /// The directories that are never mounted.
    let protected: ProtectedPaths
    /// The repositories that the caller named, or confirmed before.
    let allowed: Set<FileIdentity>
    /// The caller's home, for a path that begins with `~/`.
    let home: FilePath
    /// The caller's own git configuration, which applies to every repository.
    let settings: [GitConfiguration.Entry]
    /// Whether the engine mounts by path, so that only representable paths are guarded.
    let mountsByPath: Bool
    /// The mount table of the host.
    var mounts: MountPoints { protected.mounts }
    /// The owner of the project at its first start, with the file that records it.
    let owner: (recorded: FileOwner, file: FilePath)?

    /// Creates rules.
    ///
    /// - Parameters:
    ///   - allowed: The directories that the caller named, or confirmed at an earlier start.
    ///   - home: The caller's home.
    ///   - settings: The caller's own git configuration.
    ///   - mountsByPath: Whether the engine mounts by path instead of trees assembled from handles.
    ///   - state: The project's state, which records its owner.
    package init(
        protected: ProtectedPaths, allowed: Set<FileIdentity> = [], home: FilePath = "/",
        settings: [GitConfiguration.Entry] = [], mountsByPath: Bool = false,
        state: StateDirectory? = nil
    ) {
        owner = state.flatMap { state in state.owner.map { ($0, state.ownerFile) } }
        self.mountsByPath = mountsByPath
        self.settings = settings
        self.protected = protected
        self.home = home
        self.allowed = allowed
    }
}
