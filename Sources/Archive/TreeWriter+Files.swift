// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

extension TreeWriter {
    func writeFile(_ entry: ArchiveEntry, in parent: FileDescriptor, _ contents: (ByteSink) throws -> Void) throws {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        let number = clinux_open_beneath(parent.rawValue, entry.path.name, flags, 0o600)
        guard number >= 0 else { throw failure("create", entry.path) }
        let file = FileDescriptor(rawValue: number)
        do {
            try file.closeAfter {
                try fill(file, entry, contents)
                try setMetadata(of: file, from: entry)
            }
        } catch {
            unlinkat(parent.rawValue, entry.path.name, 0)
            throw error
        }
    }

    func writeSymlink(_ entry: ArchiveEntry, to target: String, in parent: FileDescriptor) throws {
        let name = entry.path.name
        guard symlinkat(target, parent.rawValue, name) == 0 else { throw failure("create", entry.path) }
        if setsOwners, fchownat(parent.rawValue, name, entry.uid, entry.gid, AT_SYMLINK_NOFOLLOW) != 0 {
            throw failure("change the owner of", entry.path)
        }
        let times = times(of: entry)
        guard utimensat(parent.rawValue, name, times, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw failure("set the time of", entry.path)
        }
    }

    func writeHardlink(_ entry: ArchiveEntry, to target: ArchivePath, in parent: FileDescriptor) throws {
        guard let above = target.parent else { throw ArchiveError.missingTarget(path: entry.path, target: target) }
        do {
            let source = try directories.open(above, root: root, keeping: parent)
            // Without flags, a final symbolic link is linked itself and not followed.
            guard linkat(source.rawValue, target.name, parent.rawValue, entry.path.name, 0) == 0 else {
                throw failure("link", entry.path)
            }
        } catch let error as FileError where error.errno == .noSuchFileOrDirectory {
            throw ArchiveError.missingTarget(path: entry.path, target: target)
        }
    }

    private func fill(_ file: FileDescriptor, _ entry: ArchiveEntry, _ contents: (ByteSink) throws -> Void) throws {
        var delivered: UInt64 = 0
        try contents { piece in
            delivered += UInt64(piece.count)
            guard delivered <= entry.size else { throw mismatch(entry, delivered) }
            try mapErrno("write", root.appending(entry.path.string)) { _ = try file.writeAll(piece) }
        }
        guard delivered == entry.size else { throw mismatch(entry, delivered) }
    }

    private func mismatch(_ entry: ArchiveEntry, _ delivered: UInt64) -> ArchiveError {
        .contents(path: entry.path, expected: entry.size, delivered: delivered)
    }

    /// Sets the metadata in this order because chown(2) clears set-id bits and capabilities.
    func setMetadata(of file: FileDescriptor, from entry: ArchiveEntry) throws {
        if setsOwners, fchown(file.rawValue, entry.uid, entry.gid) != 0 {
            throw failure("change the owner of", entry.path)
        }
        guard fchmod(file.rawValue, mode_t(entry.mode)) == 0 else { throw failure("change the mode of", entry.path) }
        for (name, value) in entry.attributes.sorted(by: { $0.key < $1.key }) where accepts(attribute: name) {
            guard clinux_set_attribute(file.rawValue, name, value, value.count) == 0 else {
                throw failure("set attribute \(name) of", entry.path)
            }
        }
        guard futimens(file.rawValue, times(of: entry)) == 0 else { throw failure("set the time of", entry.path) }
    }

    private func accepts(attribute name: String) -> Bool {
        name.utf8.starts(with: "user.".utf8) || (setsOwners && name.utf8.elementsEqual("security.capability".utf8))
    }

    /// The access time and the modification time, both set to the entry's time.
    private func times(of entry: ArchiveEntry) -> [timespec] {
        let time = timespec(tv_sec: time_t(entry.mtime), tv_nsec: 0)
        return [time, time]
    }
}
