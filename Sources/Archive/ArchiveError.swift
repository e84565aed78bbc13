// SPDX-License-Identifier: Apache-2.0

import Core

/// Errors of reading and writing archives.
package enum ArchiveError: UserFacingError, Hashable {
    /// The text is not a valid path inside an archive.
    case path(String, PathFlaw)
    /// The archive cannot be read; `entry` is the entry at or after which reading failed.
    case damaged(archive: String, entry: String?, detail: String)
    /// The archive is readable but contains something that is not accepted.
    case refused(archive: String, entry: String, reason: Refusal)
    /// The archive exceeds a limit.
    case overLimit(archive: String, entry: String?, bound: Bound)
    /// The writer was given more or fewer bytes than the entry's size.
    case contents(path: ArchivePath, expected: UInt64, delivered: UInt64)
    /// An entry cannot be represented in a tar.
    case unwritable(path: ArchivePath, detail: String)
    /// A file that is not a directory already exists at the entry's path.
    case inTheWay(path: ArchivePath, root: String)
    /// The target of a hard link does not exist.
    case missingTarget(path: ArchivePath, target: ArchivePath)
    /// The contents of an entry were requested a second time; they can be streamed only once.
    case readTwice(path: ArchivePath)
    /// The writer was used after its end, or after a failure.
    case writerIsDone
    /// There is no UTF-8 locale.
    case locale

    /// The reason why an entry is not accepted.
    package enum Refusal: Hashable, Sendable {
        /// The entry's path, or the target of its hard link, is not a valid path.
        case path(PathFlaw)
        /// The entry has no name.
        case noName
        /// The entry is not a file, a directory or a link; the value is the tar type flag.
        case type(UInt8)
        /// The entry is a sparse file.
        case sparse
        /// The entry is a hard link to a path that is not a file earlier in the archive.
        case linkTarget(String)
        /// The target of the symbolic link is empty or not a valid path.
        case symlinkTarget
        /// The entry is a link or a directory and has contents.
        case linkWithContents
        /// The name of an extended attribute is not printable ASCII.
        case attributeName
        /// A numeric field is out of range.
        case number(String)
    }

    /// The limit that was reached.
    package enum Bound: Hashable, Sendable {
        /// The number of entries.
        case entries(Int)
        /// Bytes in one entry.
        case entryBytes(UInt64)
        /// Bytes of the whole archive.
        case totalBytes(UInt64)
    }
}

extension ArchiveError {
    package var sentence: String {
        switch self {
        case .path(let path, let flaw): "The path '\(shown(path))' \(flaw.clause)."
        case .damaged(let archive, let entry, let detail):
            "Cannot read '\(shown(archive))'\(entry.map { ", at '\(shown($0))'" } ?? ""): \(shown(detail))."
        case .refused(let archive, let entry, let reason):
            "'\(shown(archive))' is refused because its entry '\(shown(entry))' \(reason.clause)."
        case .overLimit(let archive, let entry, let bound):
            "'\(shown(archive))' is refused\(entry.map { " at '\(shown($0))'" } ?? "") because it has more than \(bound.clause)."
        case .contents(let path, let expected, let delivered):
            "'\(shown(path.string))' has \(expected) bytes, but \(delivered) or more were delivered."
        case .unwritable(let path, let detail): "Cannot write '\(shown(path.string))' to a tar: \(shown(detail))."
        case .inTheWay(let path, let root):
            "'\(shown(path.string))' in '\(shown(root))' exists and is not a directory."
        case .missingTarget(let path, let target):
            "'\(shown(path.string))' is a hard link to '\(shown(target.string))', which does not exist."
        case .readTwice(let path): "The contents of '\(shown(path.string))' were requested twice."
        case .writerIsDone: "The archive writer was used after its end or after a failure."
        case .locale: "This machine has no C.UTF-8 locale, which reading and writing archives needs."
        }
    }

    package var hint: String? {
        switch self {
        case .damaged: "Fetch the file again; if it stays like this, report it to its publisher."
        case .locale: "Install the C.UTF-8 locale (Debian: package libc-bin)."
        default: nil
        }
    }
}

extension ArchiveError.Refusal {
    /// The predicate of a sentence about an entry.
    fileprivate var clause: String {
        switch self {
        case .path(let flaw): flaw == .notUTF8 ? "has a path that is not UTF-8" : "has a path that \(flaw.clause)"
        case .noName: "has no name"
        case .type(let flag): "is not a file, directory or link (tar type \(typeName(flag)))"
        case .sparse: "is a sparse file"
        case .linkTarget(let target): "is a hard link to '\(shown(target))', which is not an earlier file in the tar"
        case .symlinkTarget: "is a symbolic link to an empty, overlong or unreadable target"
        case .linkWithContents: "is a link or directory with contents"
        case .attributeName: "has an extended attribute whose name is not printable ASCII"
        case .number(let field): "has a \(field) that does not fit"
        }
    }

    private func typeName(_ flag: UInt8) -> String {
        switch flag {
        case UInt8(ascii: "3"): "'3', character device"
        case UInt8(ascii: "4"): "'4', block device"
        case UInt8(ascii: "6"): "'6', named pipe"
        case 0x21...0x7E: "'\(Character(UnicodeScalar(flag)))'"
        default: "\(flag)"
        }
    }
}

extension ArchiveError.Bound {
    fileprivate var clause: String {
        switch self {
        case .entries(let count): "\(count) entries"
        case .entryBytes(let count): "\(count) bytes in one entry"
        case .totalBytes(let count): "\(count) bytes"
        }
    }
}

/// Sanitized text for a message: at most 200 characters, without control and format characters.
private func shown(_ text: String) -> String {
    let scalars = text.unicodeScalars.prefix(200).map { scalar in
        scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
            || scalar.properties.generalCategory == .lineSeparator ? "?" : String(scalar)
    }
    return scalars.joined() + (text.unicodeScalars.count > 200 ? "…" : "")
}
