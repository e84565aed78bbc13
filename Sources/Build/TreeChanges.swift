// SPDX-License-Identifier: Apache-2.0

import Archive
import SystemPackage

/// Files that one layer puts over others, and paths that it hides.
struct TreeChanges {
    /// One file, folder or link.
    struct Change {
        let entry: ArchiveEntry
        /// Where its bytes are.
        let file: FilePath
    }

    /// What is put, by path.
    var entries: [ArchivePath: Change] = [:]
    /// What is hidden.
    var hidden: Set<ArchivePath> = []

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

    /// The change that makes `entry`, a folder that only stands there because something below it changed.
    func folder(_ entry: ArchiveEntry, at tree: FilePath) -> Change? {
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
