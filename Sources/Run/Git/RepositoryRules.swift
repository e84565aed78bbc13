// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// A work tree and the guarded repository that it belongs to, as paths on the host.
package struct GuardedWorkTree: Hashable, Sendable {
    /// The directory of the files.
    package let path: FilePath
    /// The directory with `config`.
    package let repository: FilePath
    /// The directory with `index`: the repository's, or that of a linked work tree.
    package let directory: FilePath
    /// Whether `.gitmodules` of the work tree above named it at the start.
    package let isSubmodule: Bool

    /// A work tree.
    ///
    /// - Parameter directory: `nil` is the repository.
    package init(path: FilePath, repository: FilePath, directory: FilePath? = nil, isSubmodule: Bool = false) {
        self.path = path
        self.repository = repository
        self.directory = directory ?? repository
        self.isSubmodule = isSubmodule
    }
}

/// Which repositories outside of the mounted trees may be mounted.
package struct RepositoryRules: Sendable {
    /// What is never mounted.
    let protected: ProtectedPaths
    /// The repositories that the caller named, or has agreed to before.
    let allowed: Set<FileIdentity>
    /// The caller's home, for a path that begins with `~/`.
    let home: FilePath
    /// The caller's own configuration of git, which counts in every repository.
    let settings: [GitConfiguration.Entry]
    /// Whether the engine gets paths, so that only what it can be told of is guarded.
    let mountsByPath: Bool

    /// Rules.
    ///
    /// - Parameters:
    ///   - allowed: The directories that the caller named, or agreed to at an earlier start.
    ///   - home: The caller's home.
    ///   - settings: The caller's own configuration of git.
    ///   - mountsByPath: Whether the engine gets paths and not trees that are assembled from handles.
    package init(
        protected: ProtectedPaths, allowed: Set<FileIdentity> = [], home: FilePath = "/",
        settings: [GitConfiguration.Entry] = [], mountsByPath: Bool = false
    ) {
        self.mountsByPath = mountsByPath
        self.settings = settings
        self.protected = protected
        self.home = home
        self.allowed = allowed
    }
}
