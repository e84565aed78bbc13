// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage
import TestSupport
import Testing

/// Checks the reader against tars of GNU tar.
@Suite struct ArchiveReaderTests {
    static let longName = String(repeating: "n", count: 90)
    static let tree = """
        mkdir -p t/d/sub t/caf\u{e9}; printf text > t/f; printf more > t/d/sub/g; ln -s ../f t/d/l; ln t/f t/hard
        printf x > t/e\u{301}; head -c 300000 /dev/zero > t/zeros; chmod 4755 t/f; chmod 1777 t/d
        find t -exec touch -h -d @1600000000 {} +
        """

    static func expected(long: Bool) throws -> [ArchivePath: Member] {
        var members = try [
            Member("t", .directory, mode: 0o755), Member("t/d", .directory, mode: 0o1777),
            Member("t/d/sub", .directory, mode: 0o755), Member("t/caf\u{e9}", .directory, mode: 0o755),
            Member(file: "t/f", "text", mode: 0o4755), Member(file: "t/d/sub/g", "more"),
            Member("t/d/l", .symlink(target: "../f"), mode: 0o777),
            Member("t/hard", .hardlink(target: ArchivePath("t/f")), mode: 0o4755), Member(file: "t/e\u{301}", "x"),
            Member(file: "t/zeros", String(repeating: "\0", count: 300_000)),
        ]
        if long { members += [try Member(file: "t/d/\(longName)/\(longName)\(longName)", "long")] }
        if long { members += [try Member("t/d/\(longName)", .directory, mode: 0o755)] }
        for index in members.indices {
            members[index].entry.mtime = 1_600_000_000
            members[index].entry.uid = 1234
            members[index].entry.gid = 2_097_151
        }
        return Dictionary(uniqueKeysWithValues: members.map { ($0.entry.path, $0) })
    }

    @Test(
        arguments: ["v7", "ustar", "oldgnu", "gnu", "posix"],
        ["cat", "gzip", "xz", "xz --format=lzma", "zstd -q", "bzip2", "xz -T2 --block-size=4096"])
    func readsWhatTarWrites(format: String, filter: String) throws {
        try withTemporaryDirectory { directory in
            let long = !["v7", "ustar"].contains(format)
            let more =
                "mkdir t/d/\(Self.longName); printf long > t/d/\(Self.longName)/\(Self.longName)\(Self.longName);"
            try ShellLine.run((long ? "mkdir -p t/d; " + more : "") + Self.tree, in: directory)
            let options = "--sort=name --owner=1234 --group=2097151 --format=\(format)"
            try ShellLine.run("tar \(options) -cf - t | \(filter) > x.tar", in: directory)
            let members = try ArchiveReader(file: directory.appending("x.tar"), name: "x.tar").members()
            let expected = try Self.expected(long: long)
            #expect(members.count == expected.count)
            for member in members { #expect(member.entry == expected[member.entry.path]?.entry) }
            #expect(members.allSatisfy { $0.bytes == expected[$0.entry.path]?.bytes })
        }
    }

    @Test func readsARangeOfAFile() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("x")
            let members = try TarWriterTests.members()
            let bytes = try tar(members)
            try Files.write([UInt8](repeating: 9, count: 77) + bytes + [9, 9, 9], to: path)
            let length = UInt64(bytes.count)
            #expect(try ArchiveReader(file: path, offset: 77, length: length, name: "x").members() == members)
            #expect(throws: ArchiveError.self) { try ArchiveReader(file: path, offset: 77, name: "x").members() }
            #expect(throws: ArchiveError.self) {
                try ArchiveReader(file: path, offset: .max, length: .max, name: "x").members()
            }
        }
    }

    @Test func contentsMayBeLeftOrCutShort() throws {
        struct Enough: Error {}
        let members = try TarWriterTests.members()
        let reader = ArchiveReader(bytes: try tar(members), name: "x")
        var paths: [ArchivePath] = []
        try reader.forEach { entry, contents in
            paths.append(entry.path)
            if paths.count % 2 == 0 { try? contents { _ in throw Enough() } }
        }
        #expect(paths == members.map(\.entry.path))
        #expect(throws: Enough.self) { try reader.forEach { _, _ in throw Enough() } }
    }

    @Test func aMissingFileIsNamed() {
        let path = FilePath("/nonexistent/x.deb")
        #expect(throws: FileError("read", path, .noSuchFileOrDirectory)) {
            try ArchiveReader(file: path, name: "x").members()
        }
        #expect(throws: FileError("read", "/", .isDirectory)) { try ArchiveReader(file: "/", name: "x").members() }
    }

    @Test(
        "A missing end is accepted with endsAnywhere, after complete contents only", arguments: [0, 5, 512])
    func endsAnywhere(size: Int) throws {
        try withTemporaryDirectory { directory in
            let file = directory.appending("x.tar")
            let whole = RawTar.file("a", String(repeating: "x", count: size))
            let reader = ArchiveReader(file: file, name: "x", endsAnywhere: true)
            for end in [512 + size, whole.count] {
                try Files.write(Array(whole[..<end]), to: file)
                #expect(try reader.members().map(\.bytes.count) == [size])
                #expect(throws: ArchiveError.self) { try ArchiveReader(file: file, name: "x").members() }
            }
            for bytes in [Array(whole[..<(511 + size)]), RawTar.pax([("path", "b")]), whole + [1]] {
                try Files.write(bytes, to: file)
                #expect(throws: ArchiveError.self) { try reader.members() }
            }
        }
    }

    @Test func timesBefore1970AreRaised() throws {
        let bytes = RawTar.pax([("mtime", "-1.5")]) + RawTar.file("a") + RawTar.end
        #expect(try ArchiveReader(bytes: bytes, name: "x").members().map(\.entry.mtime) == [0])
    }

    @Test func globalRecordsHoldUntilTheyAreTakenBack() throws {
        let parts = [
            RawTar.pax([("mtime", "5"), ("comment", "git")], flag: "g"), RawTar.file("a"),
            RawTar.pax([("mtime", "6")]), RawTar.file("b"), RawTar.pax([("mtime", "")]), RawTar.file("c"),
            RawTar.file("d"),
        ]
        let bytes = Array(parts.joined()) + RawTar.end
        #expect(try ArchiveReader(bytes: bytes, name: "x").members().map(\.entry.mtime) == [5, 6, 1_700_000_000, 5])
    }
}
