// SPDX-License-Identifier: Apache-2.0

import Archive

/// The entries of one layer, in the order of its tar.
package struct LayerEntries: Sendable {
    /// Sorted by the bytes of their paths, complete with parent directories, and without duplicate paths.
    package let entries: [ArchiveEntry]

    /// Merges the entries of several sources. When two have the same directory, the earlier source's owner and mode and
    /// the newer time are used.
    ///
    /// - Throws: `AssemblyError.conflict` when two sources have the same path and one of them is not a directory.
    package init(merging sources: [[ArchiveEntry]]) throws {
        var merged: [ArchivePath: ArchiveEntry] = [:]
        for entry in sources.joined() {
            if let earlier = merged[entry.path] {
                merged[entry.path] = try Self.merge(earlier, entry)
            } else {
                merged[entry.path] = entry
            }
        }
        Self.addMissingParents(to: &merged)
        Self.linkToFirstNames(in: &merged)
        entries = merged.values.sorted { $0.path < $1.path }
    }

    private static func merge(_ earlier: ArchiveEntry, _ later: ArchiveEntry) throws -> ArchiveEntry {
        guard case .directory = earlier.kind, case .directory = later.kind else {
            throw AssemblyError.conflict(path: earlier.path.string, packages: [])
        }
        var merged = earlier
        merged.mtime = max(earlier.mtime, later.mtime)
        return merged
    }

    /// Some readers of layers require every parent directory; its time depends on this layer only.
    private static func addMissingParents(to merged: inout [ArchivePath: ArchiveEntry]) {
        var missing: [ArchivePath: Int64] = [:]
        for entry in merged.values {
            var path = entry.path.parent
            while let parent = path, !parent.isRoot, merged[parent] == nil {
                missing[parent] = max(missing[parent] ?? 0, entry.mtime)
                path = parent.parent
            }
        }
        for (path, mtime) in missing {
            merged[path] = ArchiveEntry(
                path: path, kind: .directory, mode: 0o755, uid: 0, gid: 0, mtime: mtime, attributes: [:])
        }
    }

    /// A tar reader creates a hard link when it reads it, so the first name in order must be the file.
    private static func linkToFirstNames(in merged: inout [ArchivePath: ArchiveEntry]) {
        let links = merged.values.compactMap { entry -> (target: ArchivePath, link: ArchivePath)? in
            guard case .hardlink(let target) = entry.kind else { return nil }
            return (target, entry.path)
        }
        for (target, group) in Dictionary(grouping: links, by: \.target) {
            guard let first = group.map(\.link).min(), first < target, let file = merged[target] else { continue }
            for name in group.map(\.link) + [target] {
                var entry = file
                entry.path = name
                if name != first { entry.kind = .hardlink(target: first) }
                merged[name] = entry
            }
        }
    }
}
