// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Engine
import Glibc
import SystemPackage

/// The trees of a start, assembled from open handles in a directory that no container can write to.
///
/// A mount by path depends on a name, and a running container can replace the name's target between the check and the
/// mount. Here each mount is a copy (open_tree(2)) of the open handle's file, attached (move_mount(2)) to a handle on
/// the same file, so the checked file is the mounted file. An engine gets one path for each tree, and mounts it with
/// everything that is attached below.
package final class StagedTrees: Sendable {
    /// The mounts for the engine, in the order of the trees.
    package let mounts: [BindMount]
    private let base: FilePath

    /// Assembles `trees` below `base`, an empty directory that only the caller can access.
    ///
    /// - Throws: `RunError.changedMeanwhile` when a path changed since its check, `FileError`; no mount remains then.
    package init(_ trees: [GuardedTree], in base: FilePath) throws {
        self.base = base
        var mounts: [BindMount] = []
        do {
            for (number, guarded) in trees.enumerated() {
                let place = base.appending("\(number)")
                guard mkdir(place.string, 0o700) == 0 else { throw FileError("create", place, Errno(rawValue: errno)) }
                try Self.attach(guarded, at: place)
                mounts.append(
                    BindMount(source: place, target: guarded.target.string, readOnly: guarded.isReadOnly))
            }
        } catch {
            Self.remove(base)
            throw error
        }
        self.mounts = mounts
    }

    /// Whether the kernel and the caller's privileges allow it: CAP_SYS_ADMIN, and Linux 5.12.
    package static func isPossible() -> Bool {
        guard geteuid() == 0, let root = try? FileDescriptor.open("/", .readOnly, options: [.directory, .closeOnExec])
        else { return false }
        defer { try? root.close() }
        let copy = clinux_clone_mount(root.rawValue, 0)
        guard copy >= 0 else { return false }
        defer { close(copy) }
        return clinux_restrict_mount(copy, 1, 0) == 0
    }

    /// Removes the mounts. The container's own mounts of them are not affected.
    package func remove() { Self.remove(base) }

    /// Removes the mounts that a launcher left in `base`, and `base`. Files below a mount are never removed, only empty
    /// directories.
    package static func remove(_ base: FilePath) {
        for name in (try? Files.list(base)) ?? [] {
            let place = base.appending(name)
            while clinux_detach(place.string) == 0 {}
            rmdir(place.string)
        }
        rmdir(base.string)
    }

    private static func attach(_ guarded: GuardedTree, at place: FilePath) throws {
        let copy = try clone(guarded.tree.handle, of: guarded.tree.path, readOnly: guarded.isReadOnly, recursive: true)
        try copy.closeAfter {
            let target = try mapErrno("open", place) {
                try FileDescriptor.open(place, .readOnly, options: [.directory, .closeOnExec, .noFollow])
            }
            try target.closeAfter { try attach(copy, on: target, of: guarded.tree.path) }
        }
        let staged = try ContainerTree(place)
        guard staged.identity == guarded.tree.identity else { throw RunError.changedMeanwhile(guarded.tree.path) }
        for path in guarded.paths { try attach(path, of: guarded.tree, in: staged) }
    }

    private static func attach(_ guarded: GuardedPath, of tree: ContainerTree, in staged: ContainerTree) throws {
        let place = tree.place(guarded.path)
        let source = try mapErrno("open", place) { try tree.locate(guarded.path) }
        try source.closeAfter {
            let status = try mapErrno("look at", place) { try ContainerTree.status(of: source) }
            guard FileKind(mode: status.st_mode) == guarded.kind else { throw RunError.changedMeanwhile(place) }
            let copy = try clone(source, of: place, readOnly: guarded.isReadOnly, recursive: guarded.kind == .directory)
            try copy.closeAfter {
                let target = try mapErrno("open", place) { try staged.locate(guarded.path) }
                try target.closeAfter {
                    guard try FileIdentity(ContainerTree.status(of: target)) == FileIdentity(status) else {
                        throw RunError.changedMeanwhile(place)
                    }
                    try attach(copy, on: target, of: place)
                }
            }
        }
    }

    private static func clone(
        _ handle: FileDescriptor, of place: FilePath, readOnly: Bool, recursive: Bool
    ) throws -> FileDescriptor {
        let number = clinux_clone_mount(handle.rawValue, recursive ? 1 : 0)
        guard number >= 0 else { throw FileError("mount", place, Errno(rawValue: errno)) }
        let copy = FileDescriptor(rawValue: number)
        guard clinux_restrict_mount(number, readOnly ? 1 : 0, recursive ? 1 : 0) == 0 else {
            let failure = Errno(rawValue: errno)
            try? copy.close()
            throw FileError("mount", place, failure)
        }
        return copy
    }

    private static func attach(_ copy: FileDescriptor, on target: FileDescriptor, of place: FilePath) throws {
        guard clinux_attach_mount(copy.rawValue, target.rawValue) == 0 else {
            throw FileError("mount", place, Errno(rawValue: errno))
        }
    }
}
