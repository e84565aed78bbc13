// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// An entry that a walk meets. It is valid during the call that gets it.
struct TreeEntry {
    /// The directory that it is in.
    let directory: TreeDirectory
    /// The name, with a NUL behind it.
    let name: UnsafePointer<CChar>
    /// The bytes of the name, which need not be UTF-8.
    let bytes: UnsafeBufferPointer<UInt8>
    /// What stat(2) says of it, without following it.
    let status: stat

    /// Its kind.
    var kind: FileKind { FileKind(mode: status.st_mode) }
    /// Its path below the tree.
    var path: [UInt8] { directory.path.isEmpty ? Array(bytes) : directory.path + [UInt8(ascii: "/")] + bytes }
}

/// A directory that a walk has open.
struct TreeDirectory {
    /// The open directory, which is the walk's.
    let descriptor: FileDescriptor
    /// Its path below the tree, as bytes.
    let path: [UInt8]
}

/// Why a walk did not look at something.
enum TreeGap: Hashable, Sendable {
    /// The kernel refused it.
    case refused(Errno)
    /// There are more entries, longer names or a longer path than are looked at.
    case limit
    /// It was moved away while it was looked at.
    case moved
}

/// What looks at the entries of a walk.
protocol TreeVisitor {
    /// What is known of a directory, handed from the one above to those below.
    associatedtype Mark

    /// Looks at an entry of a directory with `mark`.
    ///
    /// - Returns: The mark of a directory to go into; `nil` to leave it out.
    mutating func visit(_ entry: TreeEntry, in mark: inout Mark) -> Mark?

    /// Whether the directory at `path`, whose turn it is, is left out for now.
    mutating func putsOff(_ path: [UInt8], _ mark: Mark) -> Bool

    /// All entries of `directory` were looked at; those below were not yet.
    mutating func listed(_ directory: TreeDirectory, _ mark: Mark)

    /// Something was not looked at.
    mutating func missed(_ path: [UInt8], _ gap: TreeGap)
}

extension TreeVisitor {
    mutating func putsOff(_ path: [UInt8], _ mark: Mark) -> Bool { false }
}
