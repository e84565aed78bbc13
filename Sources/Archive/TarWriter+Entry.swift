// SPDX-License-Identifier: Apache-2.0

import CArchive
import Glibc

extension TarWriter {
    /// Writes the header of `entry`; fields that are not set here are empty in all entries.
    func begin(_ entry: ArchiveEntry) throws {
        archive_entry_clear(item)
        // These functions take the bytes unchanged in a UTF-8 locale; their UTF-8 variants do not.
        archive_entry_set_pathname(item, entry.path.isRoot ? "./" : entry.path.string)
        archive_entry_set_perm(item, mode_t(entry.mode & 0o7777))
        archive_entry_set_uid(item, Int64(entry.uid))
        archive_entry_set_gid(item, Int64(entry.gid))
        archive_entry_set_mtime(item, time_t(max(0, entry.mtime)), 0)
        archive_entry_set_size(item, Int64(clamping: entry.size))
        try setKind(entry)
        try setAttributes(entry)
        try require(archive_write_header(handle, item), entry.path)
    }

    private func setKind(_ entry: ArchiveEntry) throws {
        switch entry.kind {
        case .file: archive_entry_set_filetype(item, UInt32(Glibc.S_IFREG))
        case .directory: archive_entry_set_filetype(item, UInt32(Glibc.S_IFDIR))
        case .symlink(let target):
            guard !target.isEmpty, target.utf8.count < ArchivePath.maximumLength, !target.utf8.contains(0) else {
                throw ArchiveError.unwritable(
                    path: entry.path, detail: "its link target is empty, too long or has a NUL")
            }
            archive_entry_set_filetype(item, UInt32(Glibc.S_IFLNK))
            archive_entry_set_symlink(item, target)
        case .hardlink(let target):
            archive_entry_set_filetype(item, UInt32(Glibc.S_IFREG))
            archive_entry_set_hardlink(item, target.string)
        }
    }

    private func setAttributes(_ entry: ArchiveEntry) throws {
        // libarchive prepends each attribute, so the last one added is written first.
        for (name, value) in entry.attributes.sorted(by: { $1.key.utf8.lexicographicallyPrecedes($0.key.utf8) }) {
            guard !name.isEmpty, name.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "=") }) else {
                throw ArchiveError.unwritable(
                    path: entry.path, detail: "the name of an attribute is not printable ASCII")
            }
            value.withUnsafeBytes { archive_entry_xattr_add_entry(item, name, $0.baseAddress, $0.count) }
        }
    }
}
