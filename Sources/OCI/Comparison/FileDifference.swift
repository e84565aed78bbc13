// SPDX-License-Identifier: Apache-2.0

import Archive

/// A difference between two layers at one path.
package struct FileDifference: Hashable, Sendable {
    /// The path in the layer.
    package let path: ArchivePath
    /// The kind of difference; the most important one when there are several.
    package let kind: Kind

    /// Creates a difference.
    package init(path: ArchivePath, kind: Kind) {
        self.path = path
        self.kind = kind
    }

    /// The kind of difference.
    package enum Kind: Hashable, Sendable {
        /// Only the first layer has the path.
        case onlyInFirst
        /// Only the second layer has the path.
        case onlyInSecond
        /// The entries have different types or link targets.
        case type(ArchiveEntry.Kind, ArchiveEntry.Kind)
        /// The first differing bytes; nil for contents that end before. `offset` is nil when the contents were not
        /// compared.
        case contents(offset: UInt64?, first: UInt8?, second: UInt8?)
        /// Permission bits.
        case mode(UInt16, UInt16)
        /// UID and GID, as `uid:gid`.
        case owner(String, String)
        /// Seconds since 1970.
        case time(Int64, Int64)
        /// The extended attribute with this name.
        case attribute(String)
    }
}

extension FileDifference.Kind {
    /// Whether only the time differs.
    package var isTime: Bool {
        if case .time = self { true } else { false }
    }

    /// Whether the bytes of a file differ.
    var isContents: Bool {
        if case .contents = self { true } else { false }
    }

    /// The difference between two entries of one path, apart from the contents of files, if any.
    static func between(_ first: ArchiveEntry, _ second: ArchiveEntry) -> Self? {
        switch (first.kind, second.kind) {
        case (.file, .file): break
        case let (one, other) where one != other: return .type(one, other)
        default: break
        }
        if first.mode != second.mode { return .mode(first.mode, second.mode) }
        let owners = ("\(first.uid):\(first.gid)", "\(second.uid):\(second.gid)")
        if owners.0 != owners.1 { return .owner(owners.0, owners.1) }
        let names = Set(first.attributes.keys).union(second.attributes.keys)
        if let name = names.sorted().first(where: { first.attributes[$0] != second.attributes[$0] }) {
            return .attribute(name)
        }
        return first.mtime == second.mtime ? nil : .time(first.mtime, second.mtime)
    }
}
