// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// Files that one layer adds over others, and paths that it hides.
struct TreeChanges {
    /// One file, directory or link.
    struct Change {
        let entry: ArchiveEntry
        /// The file with its bytes.
        let file: FilePath
    }

    /// The added files by path.
    var entries: [ArchivePath: Change] = [:]
    /// The hidden paths.
    var hidden: Set<ArchivePath> = []
    /// Directories that were created anew: they hide the contents of the same directories in lower layers.
    var opaque: Set<ArchivePath> = []
    /// The properties of the added files that no layer keeps.
    var lost = LostProperties()

    /// Replaces opaque directories by whiteouts of the names that `trees` have in them: the layer then has the same
    /// meaning on every mount, and however the overlay was mounted.
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

    /// Adds the entries of `lower` that these changes neither replace nor hide.
    ///
    /// A hidden path that only `lower` has is removed; one that `isBelow` finds in the layers below `lower` stays
    /// hidden.
    mutating func lay(over lower: TreeChanges, isBelow: (ArchivePath) -> Bool) {
        let gone = hidden.filter { lower.entries[$0] != nil }
        for (path, change) in lower.entries where entries[path] == nil {
            if gone.contains(where: { path.hasPrefix($0) }) { continue }
            entries[path] = change
        }
        hidden.subtract(gone.filter { !isBelow($0) })
    }

    /// The change for `entry`, a directory that is listed only because something below it changed.
    func directory(_ entry: ArchiveEntry, at tree: FilePath) -> Change? {
        guard case .directory = entry.kind else { return nil }
        return Change(entry: entry, file: tree)
    }

    /// Splits the changes into those for which `belongs` returns true, and the others.
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
