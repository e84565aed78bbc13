// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Core
import Glibc
import SystemPackage

/// Compares two files by the properties that a layer preserves.
struct FileComparison {
    private let copier = FileCopier()

    /// Whether both have the same type and contents or target, and with `metadata` also mode, owner and, for a regular
    /// file, the time.
    ///
    /// - Throws: `FileError`.
    func areSame(_ one: FilePath, _ other: FilePath, metadata: Bool, times: Bool = true) throws -> Bool {
        guard let first = try? Files.status(of: one), let second = try? Files.status(of: other),
            first.st_mode & S_IFMT == second.st_mode & S_IFMT
        else { return false }
        if metadata {
            guard first.st_mode == second.st_mode, first.st_uid == second.st_uid, first.st_gid == second.st_gid
            else { return false }
        }
        switch first.st_mode & S_IFMT {
        case S_IFLNK: return try Files.target(of: one).utf8.elementsEqual(Files.target(of: other).utf8)
        case S_IFREG:
            if metadata, times, first.st_mtim.tv_sec != second.st_mtim.tv_sec { return false }
            return try first.st_size == second.st_size && digest(of: one) == digest(of: other)
        default: return true
        }
    }

    /// The MD5 of a file's contents, as packages list it.
    ///
    /// - Throws: `FileError`.
    func md5(of file: FilePath) throws -> String {
        var hasher = MD5Hasher()
        try copier.copy(file) { hasher.update($0) }
        return hasher.hex
    }

    private func digest(of file: FilePath) throws -> Digest {
        var hasher = DigestHasher()
        try copier.copy(file) { hasher.update($0) }
        return hasher.finalize()
    }
}
