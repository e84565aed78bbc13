// SPDX-License-Identifier: Apache-2.0

import Archive
import Foundation
import OCI

extension FuzzTarget {
    /// The entries of a tar that are written and read again are the same.
    static func archive(_ bytes: [UInt8]) throws {
        let limits = ArchiveLimits(entries: 1000, entryBytes: 1 << 20, totalBytes: 1 << 22)
        let entries = try self.entries(of: bytes, limits)
        var copy: [UInt8] = []
        let writer = try TarWriter { bytes in copy.append(contentsOf: bytes) }
        for (entry, contents) in entries { try writer.append(entry, bytes: contents) }
        try writer.finish()
        let again = try self.entries(of: copy, ArchiveLimits())
        try expect(again.map(\.0) == entries.map(\.0), "other entries: \(again.map(\.0)), \(entries.map(\.0))")
        try expect(again.map(\.1) == entries.map(\.1), "other contents")
    }

    private static func entries(of bytes: [UInt8], _ limits: ArchiveLimits) throws -> [(ArchiveEntry, [UInt8])] {
        var entries: [(ArchiveEntry, [UInt8])] = []
        try ArchiveReader(bytes: bytes, name: "archive", limits: limits).forEach { entry, read in
            var contents: [UInt8] = []
            try read { contents.append(contentsOf: $0) }
            entries.append((entry, contents))
        }
        return entries
    }

    /// Canonical JSON parses to its source, and encoding is idempotent.
    static func json(_ bytes: [UInt8]) throws {
        let value = try JSONValue(parsing: bytes)
        let canonical = value.canonical()
        let again = try JSONValue(parsing: canonical)
        try expect(again == value && again.canonical() == canonical, "\(String(decoding: canonical, as: UTF8.self))")
        try expect(try JSONValue(parsing: Array(value.pretty().utf8)) == value, "the indented form")
    }

    static func reference(_ bytes: [UInt8]) throws {
        let reference = try ImageReference(String(decoding: bytes, as: UTF8.self))
        try expect(try ImageReference(reference.description) == reference, "\(reference)")
    }

    /// Documents of a registry or a layout: the strict parser runs before the decoder, as in the module itself.
    static func manifest(_ bytes: [UInt8]) throws {
        _ = try JSONValue(parsing: bytes)
        let data = Data(bytes)
        if let index = try? JSONDecoder().decode(ImageIndex.self, from: data) {
            let text = Data(try CanonicalJSON.encode(index))
            try expect(try JSONDecoder().decode(ImageIndex.self, from: text) == index, "the index")
        }
        guard let manifest = try? JSONDecoder().decode(ImageManifest.self, from: data) else { return }
        let text = Data(try CanonicalJSON.encode(manifest))
        try expect(try JSONDecoder().decode(ImageManifest.self, from: text) == manifest, "the manifest")
    }
}
