// SPDX-License-Identifier: Apache-2.0

/// One member of a tar, without its contents: what a layer needs to know and nothing of the machine it was made on.
package struct ArchiveEntry: Hashable, Sendable {
    /// What the entry is. Devices, pipes and sockets have no case: no package and no layer of ours may hold them.
    package enum Kind: Sendable {
        /// A regular file of `size` bytes.
        case file(size: UInt64)
        /// A directory.
        case directory
        /// A symbolic link; `target` is kept as it is written, wherever it points.
        case symlink(target: String)
        /// Another name of the file `target`, which comes earlier in the same archive.
        case hardlink(target: ArchivePath)
    }

    /// Where it is in the archive.
    package var path: ArchivePath
    /// What it is.
    package var kind: Kind
    /// Permission, set-id and sticky bits (`07777`).
    package var mode: UInt16
    /// The numeric owner.
    package var uid: UInt32
    /// The numeric group.
    package var gid: UInt32
    /// Seconds since 1970; never before it.
    package var mtime: Int64
    /// Extended attributes by their full name, such as `security.capability`.
    package var attributes: [String: [UInt8]]

    /// An entry with these properties; `mode` is cut to its lowest twelve bits and `mtime` is raised to 0.
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

    /// The bytes of contents that follow it in an archive.
    package var size: UInt64 {
        if case .file(let size) = kind { size } else { 0 }
    }
}

extension ArchiveEntry.Kind: Hashable {
    // Written out because a synthesised one would compare link targets by Unicode equivalence.
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

/// Takes bytes as they come. They are valid during the call only.
package typealias ByteSink = (UnsafeRawBufferPointer) throws -> Void

/// How much of an archive is read before it is taken for an attack.
package struct ArchiveLimits: Hashable, Sendable {
    /// The most entries.
    package var entries: Int
    /// The most bytes of contents of one entry.
    package var entryBytes: UInt64
    /// The most bytes of the whole archive, headers included, after decompression.
    package var totalBytes: UInt64

    /// Limits; the defaults leave room for the biggest Debian packages and stop a bomb.
    package init(entries: Int = 200_000, entryBytes: UInt64 = 4 << 30, totalBytes: UInt64 = 16 << 30) {
        self.entries = entries
        self.entryBytes = entryBytes
        self.totalBytes = totalBytes
    }
}
