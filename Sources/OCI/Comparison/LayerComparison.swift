// SPDX-License-Identifier: Apache-2.0

import Archive
import Core

/// Compares two layers path by path, each read as a stream.
struct LayerComparison {
    /// A layer and its image.
    struct Side {
        let image: PlacedImage
        let layer: Layer
    }

    let first: Side
    let second: Side

    /// The maximum size of contents that are read into memory to find the first differing byte.
    private static let contentsLimit = 1 << 29
    /// The number of files for which that is done: each time the layer is read again.
    private static let looks = 8

    /// All differences, in the order of the paths.
    func differences() throws -> [FileDifference] {
        let (before, after) = (try index(first), try index(second))
        var differences: [FileDifference] = []
        for path in Set(before.keys).union(after.keys).sorted() {
            let looks = differences.count { $0.kind.isContents } < Self.looks
            if let kind = try difference(before[path], after[path], looks: looks) {
                differences.append(FileDifference(path: path, kind: kind))
            }
        }
        return differences
    }

    private struct Item {
        let entry: ArchiveEntry
        let digest: Digest
    }

    private func index(_ side: Side) throws -> [ArchivePath: Item] {
        var items: [ArchivePath: Item] = [:]
        try side.image.forEachEntry(of: side.layer) { entry, contents in
            var hasher = DigestHasher()
            try contents { hasher.update($0) }
            items[entry.path] = Item(entry: entry, digest: hasher.finalize())
        }
        return items
    }

    private func difference(_ before: Item?, _ after: Item?, looks: Bool) throws -> FileDifference.Kind? {
        guard let before else { return .onlyInSecond }
        guard let after else { return .onlyInFirst }
        if before.digest != after.digest, case .file = before.entry.kind, case .file = after.entry.kind {
            guard looks else { return .contents(offset: nil, first: nil, second: nil) }
            let bytes = (try contents(of: before.entry, first), try contents(of: after.entry, second))
            let offset = zip(bytes.0, bytes.1).prefix { $0 == $1 }.count
            return .contents(
                offset: UInt64(offset), first: offset < bytes.0.count ? bytes.0[offset] : nil,
                second: offset < bytes.1.count ? bytes.1[offset] : nil)
        }
        return .between(before.entry, after.entry)
    }

    private func contents(of wanted: ArchiveEntry, _ side: Side) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try side.image.forEachEntry(of: side.layer) { entry, contents in
            guard entry.path == wanted.path else { return }
            try contents { piece in
                if bytes.count + piece.count <= Self.contentsLimit { bytes += piece }
            }
        }
        return bytes
    }
}
