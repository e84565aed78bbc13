// SPDX-License-Identifier: Apache-2.0

import Core

/// Why bytes were not read, or not written.
package enum ArchiveError: UserFacingError, Hashable {
    /// The text is no path inside an archive.
    case path(String, PathFlaw)
    /// The archive cannot be read; `entry` is the one it happened in, or after.
    case damaged(archive: String, entry: String?, detail: String)
    /// The archive can be read but holds what is not accepted.
    case refused(archive: String, entry: String, reason: Refusal)
    /// The archive is bigger than it may be.
    case overLimit(archive: String, entry: String?, bound: Bound)
    /// A writer got another number of bytes than the entry said.
    case contents(path: ArchivePath, expected: UInt64, delivered: UInt64)
    /// An entry cannot be written as it is.
    case unwritable(path: ArchivePath, detail: String)
    /// Something else than a directory is where the entry must go.
    case inTheWay(path: ArchivePath, root: String)
    /// A hard link's target is not there.
    case missingTarget(path: ArchivePath, target: ArchivePath)
    /// The contents of an entry were asked for a second time; they stream by once.
    case readTwice(path: ArchivePath)
    /// The writer was used after its end, or after a failure.
    case writerIsDone
    /// There is no UTF-8 locale.
    case locale

    /// What is not accepted in an entry.
    package enum Refusal: Hashable, Sendable {
        /// Its path, or the path of its hard link, is not one.
        case path(PathFlaw)
        /// It has no name.
        case noName
        /// It is something else than a file, a directory or a link; the tar type flag says what.
        case type(UInt8)
        /// It is a sparse file.
        case sparse
        /// It is a hard link to a path that is not a file earlier in the archive.
        case linkTarget(String)
        /// Its symbolic link points to nothing, or to what no path can be.
        case symlinkTarget
        /// It is a link, and has contents.
        case linkWithContents
        /// The name of an extended attribute is not printable ASCII.
        case attributeName
        /// A number does not fit.
        case number(String)
    }

    /// The limit that was reached.
    package enum Bound: Hashable, Sendable {
        /// The number of entries.
        case entries(Int)
        /// Bytes in one entry.
        case entryBytes(UInt64)
        /// Bytes in all.
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
            "'\(shown(path.string))' in '\(shown(root))' is in the way: it is no directory."
        case .missingTarget(let path, let target):
            "'\(shown(path.string))' is a hard link to '\(shown(target.string))', which is not there."
        case .readTwice(let path): "The contents of '\(shown(path.string))' were asked for twice."
        case .writerIsDone: "The archive writer was used after its end or after a failure."
        case .locale: "This machine has no C.UTF-8 locale, which reading and writing archives needs."
        }
    }

    package var hint: String? {
        switch self {
        case .damaged: "Fetch the file again; if it stays like this, its publisher has to mend it."
        case .locale: "Install the C.UTF-8 locale (Debian: package libc-bin)."
        default: nil
        }
    }
}

extension ArchiveError.Refusal {
    /// The refusal as the end of a sentence about an entry.
    fileprivate var clause: String {
        switch self {
        case .path(let flaw): flaw == .notUTF8 ? "has a path that is not UTF-8" : "has a path that \(flaw.clause)"
        case .noName: "has no name"
        case .type(let flag): "is no file, directory or link (tar type \(typeName(flag)))"
        case .sparse: "is a sparse file"
        case .linkTarget(let target): "is a hard link to '\(shown(target))', which is no file before it in the archive"
        case .symlinkTarget: "is a symbolic link to an empty, overlong or unreadable target"
        case .linkWithContents: "is a link or directory with contents of its own"
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

/// Outside text as it may stand in a sentence: bounded, and nothing in it can steer a terminal.
private func shown(_ text: String) -> String {
    let scalars = text.unicodeScalars.prefix(200).map { scalar in
        scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
            || scalar.properties.generalCategory == .lineSeparator ? "?" : String(scalar)
    }
    return scalars.joined() + (text.unicodeScalars.count > 200 ? "…" : "")
}
