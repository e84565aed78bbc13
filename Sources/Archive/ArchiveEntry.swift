// SPDX-License-Identifier: Apache-2.0

/// An entry of a tar archive without its contents, and without any fact of the machine that the archive was made on.
package struct ArchiveEntry: Hashable, Sendable {
    /// The type of an entry. Devices, pipes and sockets have no case: a layer must not contain them.
    package enum Kind: Sendable {
        /// A regular file of `size` bytes.
        case file(size: UInt64)
        /// A directory.
        case directory
        /// A symbolic link; `target` is kept unchanged, wherever it points.
        case symlink(target: String)
        /// A hard link to the file `target`, which precedes it in the archive.
        case hardlink(target: ArchivePath)
    }

    /// The path in the archive.
    package var path: ArchivePath
    /// The type of the entry.
    package var kind: Kind
    /// Permission, set-id and sticky bits (`07777`).
    package var mode: UInt16
    /// The UID of the owner.
    package var uid: UInt32
    /// The GID of the group.
    package var gid: UInt32
    /// Seconds since 1970; never before it.
    package var mtime: Int64
    /// Extended attributes by their full name, such as `security.capability`.
    package var attributes: [String: [UInt8]]

    /// Creates an entry; `mode` is masked to its lowest twelve bits and a negative `mtime` becomes 0.
    package init(
        path: ArchivePath, kind: Kind, mode: UInt16, uid: UInt32 = 0, gid: UInt32 = 0, mtime: Int64 = 0,
        attributes: [String: [UInt8]] = [:]
    ) {
        self.path = path
        self.kind = kind
        self.mode = mode & 0o7777
        self.uid = uid
        self.gid = gid
        self.mtime = max(0, mtime)
        self.attributes = attributes
    }

    /// The size of the contents in bytes; 0 for entries without contents.
    package var size: UInt64 {
        if case .file(let size) = kind { size } else { 0 }
    }
}

extension ArchiveEntry.Kind: Hashable {
    // Not synthesized: the synthesized operator would compare link targets by Unicode equivalence.
    package static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.file(let one), .file(let two)): one == two
        case (.directory, .directory): true
        case (.symlink(let one), .symlink(let two)): one.utf8.elementsEqual(two.utf8)
        case (.hardlink(let one), .hardlink(let two)): one == two
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .file(let size): hasher.combine(size)
        case .directory: hasher.combine(0)
        case .symlink(let target): for byte in target.utf8 { hasher.combine(byte) }
        case .hardlink(let target): hasher.combine(target)
        }
    }
}

/// Receives bytes in order. The buffer is valid during the call only.
package typealias ByteSink = (UnsafeRawBufferPointer) throws -> Void

/// Limits against decompression bombs.
package struct ArchiveLimits: Hashable, Sendable {
    /// The maximum number of entries.
    package var entries: Int
    /// The maximum size of one entry's contents in bytes.
    package var entryBytes: UInt64
    /// The maximum size of the whole archive in bytes, headers included, after decompression.
    package var totalBytes: UInt64

    /// Creates limits; the defaults admit the biggest Debian packages.
    package init(entries: Int = 200_000, entryBytes: UInt64 = 4 << 30, totalBytes: UInt64 = 16 << 30) {
        self.entries = entries
        self.entryBytes = entryBytes
        self.totalBytes = totalBytes
    }
}
