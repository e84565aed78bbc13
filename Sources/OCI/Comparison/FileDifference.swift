// SPDX-License-Identifier: Apache-2.0

import Archive

/// In what two layers differ at one path.
package struct FileDifference: Hashable, Sendable {
    /// The path in the layer.
    package let path: ArchivePath
    /// What is different there; where it is more than one thing, the gravest.
    package let kind: Kind

    /// A difference.
    package init(path: ArchivePath, kind: Kind) {
        self.path = path
        self.kind = kind
    }

    /// What can be different.
    package enum Kind: Hashable, Sendable {
        /// Only the first has it.
        case onlyInFirst
        /// Only the second has it.
        case onlyInSecond
        /// One is a file where the other is a link, a directory, or a link to elsewhere.
        case type(ArchiveEntry.Kind, ArchiveEntry.Kind)
        /// The first bytes that differ; `nil` for the one that ends before. Without `offset` nobody looked.
        case contents(offset: UInt64?, first: UInt8?, second: UInt8?)
        /// Permission bits.
        case mode(UInt16, UInt16)
        /// User and group by number, as `uid:gid`.
        case owner(String, String)
        /// Seconds since 1970.
        case time(Int64, Int64)
        /// The extended attribute of this name.
        case attribute(String)
    }
}

extension FileDifference.Kind {
    /// Whether it is nothing but the time.
    package var isTime: Bool {
        if case .time = self { true } else { false }
    }

    /// Whether the bytes of a file differ.
    var isContents: Bool {
        if case .contents = self { true } else { false }
    }

    /// In what two entries of one path differ apart from the contents of files, if in anything.
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
