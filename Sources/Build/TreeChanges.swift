// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// Files that one layer puts over others, and paths that it hides.
struct TreeChanges {
    /// One file, directory or link.
    struct Change {
        let entry: ArchiveEntry
        /// Where its bytes are.
        let file: FilePath
    }

    /// What is put, by path.
    var entries: [ArchivePath: Change] = [:]
    /// What is hidden.
    var hidden: Set<ArchivePath> = []
    /// Directories that were made anew: nothing of what the layers below have in them is left.
    var opaque: Set<ArchivePath> = []

    /// Hides, name by name, what `trees` have in the directories that were made anew: a layer then says the same
    /// wherever it is mounted, and however the overlay was.
    ///
    /// - Throws: `ArchiveError`, `FileError`.
    mutating func spellOutOpaque(over trees: [FilePath]) throws {
        for directory in opaque.sorted() { try hideOthers(in: directory, of: trees) }
        opaque = []
    }

    private mutating func hideOthers(in directory: ArchivePath, of trees: [FilePath]) throws {
        let places = trees.map { $0.pushing(FilePath(directory.string)) }.filter(Files.isDirectory)
        let names = Set(try places.flatMap(Files.list)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for path in try names.map(directory.appending) {
            switch entries[path]?.entry.kind {
            case nil: hidden.insert(path)
            case .directory: try hideOthers(in: path, of: trees)
            default: break
            }
        }
    }

    /// Fills in what `lower` has and these changes neither replace nor hide.
    ///
    /// A path that is hidden and of `lower` alone is simply gone; one that `isBelow` finds in the layers below `lower`
    /// stays hidden.
    mutating func lay(over lower: TreeChanges, isBelow: (ArchivePath) -> Bool) {
        let gone = hidden.filter { lower.entries[$0] != nil }
        for (path, change) in lower.entries where entries[path] == nil {
            if gone.contains(where: { path.hasPrefix($0) }) { continue }
            entries[path] = change
        }
        hidden.subtract(gone.filter { !isBelow($0) })
    }

    /// The change that makes `entry`, a directory that only stands there because something below it changed.
    func directory(_ entry: ArchiveEntry, at tree: FilePath) -> Change? {
        guard case .directory = entry.kind else { return nil }
        return Change(entry: entry, file: tree)
    }

    /// The changes for which `belongs` says yes, and the others.
    func divided(_ belongs: (ArchivePath) -> Bool) -> (TreeChanges, TreeChanges) {
        var yes = TreeChanges()
        var no = TreeChanges()
        for (path, change) in entries {
            if belongs(path) { yes.entries[path] = change } else { no.entries[path] = change }
        }
        yes.hidden = hidden.filter(belongs)
        no.hidden = hidden.subtracting(yes.hidden)
        return (yes, no)
    }
}
