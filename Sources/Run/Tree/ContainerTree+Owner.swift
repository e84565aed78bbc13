// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

extension ContainerTree {
    private static let mostGiven = 100_000
    private static let defaultList = "system.posix_acl_default"

    /// The default access control list of an open directory (acl(5)), as the kernel encodes it; `nil` for none.
    static func defaultList(of directory: FileDescriptor) -> [UInt8]? { attribute(defaultList, of: directory) }

    /// The access control list of an open file (acl(5)), in which named users and groups are limited by the mask.
    static func accessList(of file: FileDescriptor) -> [AccessListEntry] {
        attribute("system.posix_acl_access", of: file).map(AccessListEntry.list) ?? []
    }

    private static func attribute(_ name: String, of file: FileDescriptor) -> [UInt8]? {
        // The kernel limits the value of an attribute to 64 KiB (xattr(7)).
        let size = clinux_get_attribute(file.rawValue, name, nil, 0)
        guard size > 0 else { return nil }
        let list = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            initialized = max(0, clinux_get_attribute(file.rawValue, name, buffer.baseAddress, size))
        }
        return list.isEmpty ? nil : list
    }

    /// Whether the default access control list of a directory denies access to the owner of each new file in it.
    func hasClosingList(_ path: FilePath) -> Bool {
        guard let directory = try? open(path, O_RDONLY | O_DIRECTORY) else { return false }
        defer { try? directory.close() }
        let entries = Self.defaultList(of: directory).map(AccessListEntry.list) ?? []
        return entries.contains { $0.tag == .owner && $0.permissions != 7 }
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
