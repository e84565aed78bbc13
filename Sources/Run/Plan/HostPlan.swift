// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage

/// What a start mounts, makes, copies and writes on the host: a value that is decided before any of it is done.
package struct HostPlan: Hashable, Sendable {
    /// The trees that the container gets, the workspace first.
    package var trees: [TreeSource]
    /// The directories of the project's lasting home; a start makes those that are missing.
    package var homes: [BindMount]
    /// The directories that are copied into the lasting home.
    package var copies: [DirectoryCopy]
    /// The files that are written for the container to read.
    package var files: [MountedFile]

    /// A plan, item by item.
    package init(
        trees: [TreeSource], homes: [BindMount] = [], copies: [DirectoryCopy] = [], files: [MountedFile] = []
    ) {
        self.trees = trees
        self.homes = homes
        self.copies = copies
        self.files = files
    }

    /// The mounts beside the trees, in the order of mounting.
    package var otherMounts: [BindMount] { homes + files.map(\.mount) }

    /// All mounts by path, in the order of mounting.
    package var mounts: [BindMount] { trees.flatMap(\.mounts) + otherMounts }

    /// The paths that are made where nothing is, and taken away with the last container.
    package var placeholders: [FilePath] {
        trees.flatMap { tree in tree.paths.filter { $0.placeholder != nil }.map { tree.path.pushing($0.path) } }
    }
}

/// A directory of the host that a container gets: by path, and by device and inode, which a handle holds until it is
/// mounted.
package struct TreeSource: Hashable, Sendable {
    /// The real path.
    package let path: FilePath
    /// The directory, whatever its name.
    package let identity: FileIdentity
    /// Where the container sees it.
    package let target: FilePath
    /// Whether nothing in it can be written.
    package let isReadOnly: Bool
    /// The paths in it that are mounted once more, those above before those below.
    package let paths: [GuardedPath]

    /// A source, item by item.
    package init(
        path: FilePath, identity: FileIdentity, target: FilePath, isReadOnly: Bool = false, paths: [GuardedPath] = []
    ) {
        self.path = path
        self.identity = identity
        self.target = target
        self.isReadOnly = isReadOnly
        self.paths = paths
    }

    /// The mounts by path, for an engine that cannot be given an assembled tree. Of a read-only tree nothing is seen
    /// that is mounted below it, since that could be written.
    package var mounts: [BindMount] {
        [BindMount(source: path, target: target.string, readOnly: isReadOnly, isRecursive: !isReadOnly)]
            + paths.map {
                BindMount(
                    source: path.pushing($0.path), target: target.pushing($0.path).string, readOnly: $0.isReadOnly)
            }
    }
}

/// A directory of the caller's that is copied into the lasting home.
package struct DirectoryCopy: Hashable, Sendable {
    /// The caller's directory.
    package let source: FilePath
    /// The directory on the host that gets the files.
    package let target: FilePath

    /// A copy from `source` to `target`.
    package init(source: FilePath, target: FilePath) {
        self.source = source
        self.target = target
    }
}

/// A file of the project's state that the container reads, and cannot write.
package struct MountedFile: Hashable, Sendable {
    /// The file on the host.
    package let path: FilePath
    /// Its content.
    package let text: String
    /// The mount that shows it, or its directory.
    package let mount: BindMount

    /// The file `path`, seen as `target`.
    package init(_ path: FilePath, text: String, target: String) {
        self.path = path
        self.text = text
        mount = BindMount(source: path, target: target, noExec: true)
    }

    /// The file `name` in `directory`, which is seen as `target`.
    package init(_ name: String, in directory: FilePath, text: String, target: String) {
        path = directory.appending(name)
        self.text = text
        mount = BindMount(source: directory, target: target, noExec: true)
    }

    /// Writes the file. One that is right already stays: another container of the project may have it mounted.
    ///
    /// - Throws: `FileError`.
    package func write() throws {
        let directory = path.removingLastComponent()
        if !Files.exists(directory) {
            try Files.makeDirectories(directory)
            chmod(directory.string, 0o755)
        }
        let bytes = Array(text.utf8)
        if (try? Files.read(path, limit: 1 << 20)) != bytes { try Files.write(bytes, to: path) }
        chmod(path.string, 0o644)
    }
}
