// SPDX-License-Identifier: Apache-2.0

import Archive
import Testing

@Suite struct ArchivePathTests {
    @Test(arguments: [
        ("a", "a"), ("./a/b", "a/b"), ("././a", "a"), ("a/b/", "a/b"), ("a//", "a"), ("", ""), (".", ""), ("./", ""),
        ("...", "..."), (".a", ".a"), ("..a/b..", "..a/b.."), ("a b\n", "a b\n"), ("./\u{301}", "\u{301}"),
    ])
    func isTakenAs(raw: String, expected: String) throws {
        let path = try ArchivePath(raw)
        #expect(path.string.utf8.elementsEqual(expected.utf8))
        #expect(path.isRoot == expected.isEmpty)
    }

    @Test(arguments: [
        ("/", PathFlaw.absolute), ("/etc/passwd", .absolute), (".//etc", .emptyComponent), ("..", .dotDot),
        ("../a", .dotDot), ("a/../b", .dotDot), ("a/..", .dotDot), ("./..", .dotDot), ("a/./b", .dot), ("a/.", .dot),
        ("a//b", .emptyComponent), ("a\0b", .nul), (String(repeating: "a", count: 4097), .tooLong),
    ])
    func isRefused(raw: String, flaw: PathFlaw) {
        #expect(throws: ArchiveError.path(raw, flaw)) { try ArchivePath(raw) }
    }

    @Test func hasPartsByComponent() throws {
        let path = try ArchivePath("usr/lib/x.so")
        #expect(path.name == "x.so")
        #expect(path.parent == (try ArchivePath("usr/lib")))
        #expect(try ArchivePath("usr").parent == .root)
        #expect(ArchivePath.root.parent == nil)
        #expect(ArchivePath.root.name == "")
        #expect(try ArchivePath.root.appending("usr").appending("lib/x.so") == path)
        #expect(throws: ArchiveError.path("usr/lib/x.so/..", .dotDot)) { try path.appending("..") }
    }

    @Test(arguments: [
        ("usr/lib", "usr", true), ("usr/lib", "usr/lib", true), ("usr/lib", "", true), ("usr/lib64", "usr/lib", false),
        ("usr", "usr/lib", false), ("", "usr", false), ("", "", true), ("e\u{301}/a", "\u{e9}", false),
    ])
    func hasPrefix(path: String, prefix: String, expected: Bool) throws {
        #expect(try ArchivePath(path).hasPrefix(ArchivePath(prefix)) == expected)
    }

    @Test func comparesBytesAndNotCharacters() throws {
        let composed = try ArchivePath("caf\u{e9}")
        let decomposed = try ArchivePath("cafe\u{301}")
        #expect(composed.string == decomposed.string)  // String considers them equal
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        let sorted = try ["a/b", "a-b", "a", "\u{e9}", "Z", "", "a.b"].map { try ArchivePath($0) }.sorted()
        #expect(sorted.map(\.string) == ["", "Z", "a", "a-b", "a.b", "a/b", "\u{e9}"])
        let one = ArchiveEntry.Kind.symlink(target: "\u{e9}")
        #expect(one != .symlink(target: "e\u{301}"))
    }
}
