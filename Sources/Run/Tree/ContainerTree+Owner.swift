// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

extension ContainerTree {
    private static let mostGiven = 100_000
    private static let defaultList = "system.posix_acl_default"

    /// The default access control list of an open directory (acl(5)), as the kernel encodes it; `nil` for none.
    static func defaultList(of directory: FileDescriptor) -> [UInt8]? {
        // The kernel limits the value of an attribute to 64 KiB (xattr(7)).
        let size = clinux_get_attribute(directory.rawValue, defaultList, nil, 0)
        guard size > 0 else { return nil }
        let list = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            let read = clinux_get_attribute(directory.rawValue, defaultList, buffer.baseAddress, size)
            initialized = max(0, read)
        }
        return list.isEmpty ? nil : list
    }

    /// Whether the default access control list of a directory denies access to the owner of each new file in it.
    func hasClosingList(_ path: FilePath) -> Bool {
        guard let directory = try? open(path, O_RDONLY | O_DIRECTORY) else { return false }
        defer { try? directory.close() }
        guard let list = Self.defaultList(of: directory) else { return false }
        // After a version of 4 bytes, entries of 8 bytes: tag, permissions, ID (linux/posix_acl_xattr.h).
        return stride(from: 4, to: list.count - 7, by: 8).contains { entry in
            let isOwner = list[entry] == 1 && list[entry + 1] == 0
            return isOwner && list[entry + 2] & 7 != 7
        }
    }

    /// Removes the default access control list of a directory (acl(5)): a container can set one that closes every new
    /// file in it to its own owner.
    func removeDefaultList(of path: FilePath) {
        guard let directory = try? open(path, O_RDONLY | O_DIRECTORY) else { return }
        defer { try? directory.close() }
        _ = clinux_remove_attribute(directory.rawValue, Self.defaultList)
    }

    /// Changes the owner of the files of `user` in a directory that `user` owned: root of the container took it as a
    /// whole. Files with several hard links, and mounts, are left out.
    func giveContents(of path: FilePath, from user: UInt32, to owner: FileOwner) {
        guard let directory = try? open(path, O_RDONLY | O_DIRECTORY) else { return }
        var walk = TreeWalk(
            GivingVisitor(user: user, owner: owner), limits: TreeLimits(entries: Self.mostGiven), crossesMounts: false)
        walk.walk(directory, ())
    }
}

/// Changes the owner of one user's files and directories to another user, except files with several hard links.
private struct GivingVisitor: TreeVisitor {
    let user: UInt32
    let owner: FileOwner

    mutating func visit(_ entry: TreeEntry, in mark: inout Void) -> Void? {
        let isSingle = entry.kind == .directory || entry.status.st_nlink == 1
        guard entry.status.st_uid == user, isSingle, entry.kind != .special else { return () }
        fchownat(
            entry.directory.descriptor.rawValue, entry.name, owner.userID, owner.groupID, AT_SYMLINK_NOFOLLOW)
        return ()
    }

    mutating func listed(_ directory: TreeDirectory, _ mark: Void) {}
    mutating func missed(_ path: [UInt8], _ gap: TreeGap) {}
}
