// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The record of all directories that containers have been given to write: projects, added directories, repositories.
///
/// A container can leave a link in such a directory for a later start to follow, also after the directory was moved, or
/// after the project's state was removed. The record outlives both.
package struct WrittenDirectories: Hashable, Sendable {
    private static let limit = 4 << 20
    /// The number of entries above which those of directories that are gone are removed, the oldest first.
    private static let most = 10_000

    private let directory: FilePath
    private var file: FilePath { directory.appending("written") }

    /// The record in the state directory `directory`.
    package init(_ directory: FilePath) { self.directory = directory }

    /// The recorded trees and those at `paths`.
    package func trees(and paths: [FilePath]) -> WrittenTrees {
        let entries = entries
        let known = Set(paths)
        // A path counts also with another identity: a disk can have another device number, and a restored directory
        // another inode.
        let recorded = Set(entries.map(\.path)).subtracting(known).filter(Files.exists)
        let former = Dictionary(grouping: entries.filter { !$0.isPresent }, by: \.identity)
        return WrittenTrees(
            paths + recorded.sorted { $0.string < $1.string }, former: former.mapValues { $0.map(\.birth) })
    }

    /// Adds directories.
    ///
    /// - Throws: `FileError`.
    package func add(_ directories: [FilePath]) throws {
        let new = directories.compactMap(RecordedDirectory.init(at:))
        guard !Set(new).isSubset(of: entries) else { return }
        try Files.makeDirectories(directory)
        try Files.takingTurns(in: directory) {
            let old = entries
            var known = Set(old)
            try Files.write(Self.text(Self.bounded(old + new.filter { known.insert($0).inserted })), to: file)
        }
    }

    private static func bounded(_ entries: [RecordedDirectory]) -> [RecordedDirectory] {
        guard entries.count > most else { return entries }
        let gone = entries.indices.filter { !entries[$0].isPresent }
        let removed = Set(gone.prefix(entries.count - most / 2))
        return entries.indices.filter { !removed.contains($0) }.map { entries[$0] }
    }

    /// The entries, each ended by NUL, which no path contains.
    private var entries: [RecordedDirectory] {
        let bytes = (try? Files.read(file, limit: Self.limit)) ?? []
        return bytes.split(separator: 0).compactMap(RecordedDirectory.init(line:))
    }

    private static func text(_ entries: [RecordedDirectory]) -> [UInt8] { entries.flatMap { $0.line + [0] } }
}
