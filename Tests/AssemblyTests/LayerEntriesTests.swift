// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Testing

@Suite struct LayerEntriesTests {
    @Test func areSortedByBytesAndHaveEveryParent() throws {
        let layer = try LayerEntries(merging: [[try entry("usr/b/x", mtime: 7), try entry("usr/b.c", mtime: 5)]])
        #expect(layer.entries.map(\.path.string) == ["usr", "usr/b", "usr/b.c", "usr/b/x"])
        #expect(layer.entries[0].mtime == 7)
        #expect(layer.entries[1].kind == .directory)
    }

    @Test func anEarlierDirectoryKeepsItsModeAndTheNewerTimeStands() throws {
        let first = try entry("var", .directory, mode: 0o1777, mtime: 1)
        let second = try entry("var", .directory, mode: 0o755, mtime: 9)
        let layer = try LayerEntries(merging: [[first], [second]])
        #expect(layer.entries.map(\.mode) == [0o1777])
        #expect(layer.entries.map(\.mtime) == [9])
    }

    @Test func twoFilesAtOnePathAreAConflict() throws {
        let file = try entry("usr/bin/x")
        #expect(throws: AssemblyError.conflict(path: "usr/bin/x", packages: [])) {
            try LayerEntries(merging: [[file], [file]])
        }
    }

    @Test func theFirstNameOfAHardLinkIsTheFile() throws {
        let file = try entry("z", .file(size: 3))
        let link = try entry("a", .hardlink(target: ArchivePath("z")))
        let other = try entry("m", .hardlink(target: ArchivePath("z")))
        let layer = try LayerEntries(merging: [[file, link, other]])
        #expect(
            layer.entries.map(\.kind) == [
                .file(size: 3), .hardlink(target: try ArchivePath("a")), .hardlink(target: try ArchivePath("a")),
            ])
    }

    private func entry(
        _ path: String, _ kind: ArchiveEntry.Kind = .file(size: 0), mode: UInt16 = 0o644, mtime: Int64 = 0
    ) throws -> ArchiveEntry {
        ArchiveEntry(path: try ArchivePath(path), kind: kind, mode: mode, uid: 0, gid: 0, mtime: mtime, attributes: [:])
    }
}
