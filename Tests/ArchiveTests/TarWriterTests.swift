// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage
import TestSupport
import Testing

@Suite struct TarWriterTests {
    static func members() throws -> [Member] {
        var capable = try Member(file: "bin/ping", "\u{7f}ELF", mode: 0o4755)
        capable.entry.attributes = [
            "security.capability": [1, 0, 0, 2, 0, 10, 13, 61], "user.b": [], "user.a": Array("x=y\n".utf8),
        ]
        var owned = try Member(file: "owned", String(repeating: "abc\n", count: 40_000))
        owned.entry.uid = 3_000_000
        owned.entry.gid = 65534
        let deep = String(repeating: "folder/", count: 40)
        return try [
            Member("", .directory, mode: 0o755), Member("bin", .directory, mode: 0o1777), capable,
            Member("bin/ping6", .hardlink(target: ArchivePath("bin/ping")), mode: 0o4755),
            Member("caf\u{e9}", .directory, mode: 0o755), Member(file: "cafe\u{301}", "decomposed"),
            Member("link", .symlink(target: "../../etc/e\u{301}/\u{e9}"), mode: 0o777),
            Member("long-link", .symlink(target: "/" + deep), mode: 0o777), Member(file: deep + "file", "deep"),
            Member(file: deep.dropLast(60) + String(repeating: "n", count: 120), "long name"), owned,
            Member(file: "empty", ""),
        ]
    }

    @Test func comesBackAsItWas() throws {
        let members = try TarWriterTests.members()
        #expect(try ArchiveReader(bytes: tar(members), name: "x.tar").members() == members)
    }

    @Test func sameEntriesSameBytes() throws {
        let bytes = try tar(TarWriterTests.members())
        #expect(try bytes == tar(TarWriterTests.members()))
        // Layers are identified by these bytes: a change here changes every image and requires a new assembly version.
        #expect(Digest(of: bytes).hex == "63efd0577e35eb532edd04c7ac484f6759894eaaeb25a8e47cf1348bdb60c9ef")
    }

    @Test func endsWithTwoZeroBlocks() throws {
        #expect(try tar([]) == RawTar.end)
        let bytes = try tar([Member(file: "a", "b")])
        #expect(bytes.count == 512 + 512 + 1024)
        #expect(bytes.suffix(1024).allSatisfy { $0 == 0 })
        #expect(bytes[512] == UInt8(ascii: "b"))
        #expect(try tar([Member(file: String(repeating: "a", count: 100), "b")]).count == bytes.count, "no PAX header")
    }

    @Test func isListedByTar() throws {
        try withTemporaryDirectory { directory in
            try Files.write(tar(TarWriterTests.members()), to: directory.appending("x.tar"))
            let list = try Oracle.text(
                "tar --numeric-owner --full-time --quoting-style=literal -tvf x.tar", in: directory)
            let lines = list.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) }
            let deep = String(repeating: "folder/", count: 40)
            let expected = [
                "drwxr-xr-x 0/0 0 ./", "drwxrwxrwt 0/0 0 bin/", "-rwsr-xr-x 0/0 4 bin/ping",
                "hrwsr-xr-x 0/0 0 bin/ping6 link to bin/ping", "drwxr-xr-x 0/0 0 caf\u{e9}/",
                "-rw-r--r-- 0/0 10 cafe\u{301}",
                "lrwxrwxrwx 0/0 0 link -> ../../etc/e\u{301}/\u{e9}", "lrwxrwxrwx 0/0 0 long-link -> /\(deep)",
                "-rw-r--r-- 0/0 4 \(deep)file",
                "-rw-r--r-- 0/0 9 \(deep.dropLast(60))\(String(repeating: "n", count: 120))",
                "-rw-r--r-- 3000000/65534 160000 owned", "-rw-r--r-- 0/0 0 empty",
            ]
            #expect(
                lines.map { Array(($0[0...2] + $0[5...]).joined(separator: " ").utf8) }
                    == expected.map { Array($0.utf8) })
            #expect(lines.allSatisfy { $0[3] == "2023-11-14" && $0[4] == "22:13:20" })
            let attributes = try Oracle.text(
                "tar --xattrs --xattrs-include='*' -tvvf x.tar | grep -E '^ +x:'", in: directory)
            #expect(
                attributes.split(separator: "\n").map { $0.drop { $0 == " " } } == [
                    "x: 8 security.capability", "x: 4 user.a", "x: 0 user.b",
                ])
        }
    }

    @Test(.enabled(if: Oracle.has("bsdtar"))) func isAcceptedByBsdtar() throws {
        try withTemporaryDirectory { directory in
            try Files.write(tar(TarWriterTests.members()), to: directory.appending("x.tar"))
            let list = try Oracle.text("bsdtar -tf x.tar", in: directory)
            #expect(list.split(separator: "\n").count == 12)
        }
    }

    @Test(arguments: [0, 3, 5, 1_000_000]) func contentsMustBeAsLongAsSaid(delivered: Int) throws {
        let entry = ArchiveEntry(path: try ArchivePath("a"), kind: .file(size: 4), mode: 0o644)
        let writer = try TarWriter { _ in }
        let error = ArchiveError.contents(path: entry.path, expected: 4, delivered: UInt64(delivered))
        #expect(throws: error) { try writer.append(entry, bytes: .init(repeating: 1, count: delivered)) }
        #expect(throws: ArchiveError.writerIsDone) { try writer.append(entry, bytes: [1, 2, 3, 4]) }
        #expect(throws: ArchiveError.writerIsDone) { try writer.finish() }
    }

    @Test func linksHaveNoContents() throws {
        let writer = try TarWriter { _ in }
        #expect(throws: ArchiveError.self) { try writer.append(Member("a", .symlink(target: "b")).entry, bytes: [1]) }
    }

    @Test(arguments: ["", "a\0b", String(repeating: "a", count: 4096)]) func refusesLinkTargets(target: String) throws {
        let writer = try TarWriter { _ in }
        #expect(throws: ArchiveError.self) { try writer.append(Member("a", .symlink(target: target)).entry) }
    }

    @Test func theSinkCanFail() throws {
        let writer = try TarWriter { _ in throw Errno.noSpace }
        #expect(throws: Errno.noSpace) {
            for index in 0..<1000 { try writer.append(Member(file: "f\(index)", "x").entry, bytes: [1]) }
        }
        #expect(throws: ArchiveError.writerIsDone) { try writer.finish() }
    }

    @Test func anUnfinishedTarDoesNotLookWhole() throws {
        var bytes: [UInt8] = []
        func begin() throws {
            let writer = try TarWriter { bytes.append(contentsOf: $0) }
            try writer.append(Member("d", .directory).entry)
        }
        try begin()
        #expect(throws: ArchiveError.self) { try ArchiveReader(bytes: bytes, name: "x.tar").members() }
    }
}
