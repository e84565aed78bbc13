// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension ReportVisitor {
    /// The maximum number of new directories above one another that are compared.
    private static let mostParents = 32

    /// Adds a directory of a repository to which everybody may write, or users of its access control list, and so make
    /// hooks there.
    mutating func noteOpenRepository(_ entry: TreeEntry, _ mark: ReportMark) {
        guard mark.isDotGit || mark.place != .worktree else { return }
        let place = directory.pushing(FilePath(bytes: entry.path))
        // With a list, these bits of the group are its mask (acl(5)).
        if entry.status.st_mode & 0o020 != 0, entry.grantsWriting {
            setID.add(
                "'\(ShownPath.text(entry.path))' can be written by users of its access control list: `setfacl -b "
                    + "\(place.shellWord)` closes it")
        }
        // With the sticky bit, nobody replaces another user's files.
        guard entry.status.st_mode & 0o1002 == 0o002 else { return }
        setID.add(
            "'\(ShownPath.text(entry.path))' can be written by everybody on this machine: `chmod o-w "
                + "\(place.shellWord)` closes it")
    }

    /// Adds a directory with a default access control list (acl(5)) that it did not have at the start: it decides about
    /// the access of other users to every file that is created there, also by the host. A new directory has that of the
    /// one above it.
    mutating func noteDefaultList(_ directory: TreeDirectory) {
        guard let status = try? ContainerTree.status(of: directory.descriptor), Moment(status) >= start,
            let list = ContainerTree.defaultList(of: directory.descriptor),
            !isKnown(list, directory.descriptor, status, Self.mostParents)
        else { return }
        let place = self.directory.pushing(FilePath(bytes: directory.path))
        let shown = directory.path.isEmpty ? "." : ShownPath.text(directory.path)
        defaultLists.add(
            "'\(shown)' has a default access control list, which gives or denies others new files there: `setfacl -k "
                + "\(place.shellWord)` removes it", .init(isNear: directory.path.isEmpty))
    }

    /// Whether a directory had the list at the start, or a new one got it from the directory above it.
    private func isKnown(_ list: [UInt8], _ directory: FileDescriptor, _ status: stat, _ left: Int) -> Bool {
        let identity = FileIdentity(status)
        if directories[identity] != nil { return knownLists[identity] == list }
        guard Moment(status) >= start else { return true }
        let number = openat(directory.rawValue, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { return false }
        let parent = FileDescriptor(rawValue: number)
        defer { try? parent.close() }
        guard left > 0, let above = try? ContainerTree.status(of: parent), FileIdentity(above) != identity,
            ContainerTree.defaultList(of: parent) == list
        else { return false }
        return isKnown(list, parent, above, left - 1)
    }
}

extension TreeEntry {
    /// Whether it is a directory whose access control list lets a named user or group write (acl(5)).
    fileprivate var grantsWriting: Bool {
        let number = openat(
            directory.descriptor.rawValue, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { return false }
        let handle = FileDescriptor(rawValue: number)
        defer { try? handle.close() }
        return ContainerTree.accessList(of: handle).contains { $0.isNamed && $0.permissions & 0o2 != 0 }
    }
}
