// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// An entry of a walk, valid only during the call.
struct TreeEntry {
    /// The directory of the entry.
    let directory: TreeDirectory
    /// The name, NUL-terminated.
    let name: UnsafePointer<CChar>
    /// The bytes of the name, which need not be UTF-8.
    let bytes: UnsafeBufferPointer<UInt8>
    /// The stat(2) result, without following a link.
    let status: stat

    /// The kind.
    var kind: FileKind { FileKind(mode: status.st_mode) }
    /// The path below the tree.
    var path: [UInt8] { directory.path.isEmpty ? Array(bytes) : directory.path + [UInt8(ascii: "/")] + bytes }
}

/// A directory that a walk has open.
struct TreeDirectory {
    /// The open directory, owned by the walk.
    let descriptor: FileDescriptor
    /// The path below the tree, as bytes.
    let path: [UInt8]
}

/// Why a walk skipped something.
enum TreeGap: Hashable, Sendable {
    /// The kernel returned an error.
    case refused(Errno)
    /// A limit on entries, names or path lengths was exceeded.
    case limit
    /// It was moved away during the walk.
    case moved
}

/// Handles the entries of a walk.
protocol TreeVisitor {
    /// The state of a directory, passed from parents to children.
    associatedtype Mark

    /// Handles an entry of a directory with `mark`.
    ///
    /// - Returns: The mark of a directory to enter; `nil` to skip it.
    mutating func visit(_ entry: TreeEntry, in mark: inout Mark) -> Mark?

    /// Whether the directory at `path`, which is next, is postponed.
    mutating func putsOff(_ path: [UInt8], _ mark: Mark) -> Bool

    /// Called after all entries of `directory` were visited, before its subdirectories are.
    mutating func listed(_ directory: TreeDirectory, _ mark: Mark)

    /// Called for a skipped path.
    mutating func missed(_ path: [UInt8], _ gap: TreeGap)
}

extension TreeVisitor {
    mutating func putsOff(_ path: [UInt8], _ mark: Mark) -> Bool { false }
}
