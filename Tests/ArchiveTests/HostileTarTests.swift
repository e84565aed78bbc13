// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import TestSupport
import Testing

/// A tar that must be refused, and the expected error.
struct HostileTar: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    let error: ArchiveError

    init(_ title: String, _ parts: [[UInt8]], _ entry: String, _ reason: ArchiveError.Refusal) {
        testDescription = title
        bytes = Array((parts + [RawTar.end]).joined())
        error = .refused(archive: "x.tar", entry: entry, reason: reason)
    }

    init(_ title: String, damaged parts: [[UInt8]], at entry: String? = nil, _ detail: String, end: Bool = true) {
        testDescription = title
        bytes = Array((parts + (end ? [RawTar.end] : [])).joined())
        error = .damaged(archive: "x.tar", entry: entry, detail: detail)
    }

    init(_ title: String, over parts: [[UInt8]], _ entry: String, _ bound: ArchiveError.Bound) {
        testDescription = title
        bytes = Array((parts + [RawTar.end]).joined())
        error = .overLimit(archive: "x.tar", entry: entry, bound: bound)
    }
}

@Suite struct HostileTarTests {
    static let limits = ArchiveLimits(entries: 20, entryBytes: 4096, totalBytes: 65536)

    static let table: [HostileTar] = [
        .init("absolute path", [RawTar.file("/etc/passwd")], "/etc/passwd", .path(.absolute)),
        .init("dot dot", [RawTar.file("a/../../b")], "a/../../b", .path(.dotDot)),
        .init("dot dot in a PAX path", [RawTar.pax([("path", "../b")]), RawTar.file("a")], "../b", .path(.dotDot)),
        .init(
            "dot dot in a GNU name", [RawTar.entry("L", flag: "L", body: Array("../b\0".utf8)), RawTar.file("a")],
            "../b",
            .path(.dotDot)),
        .init("NUL in a PAX path", [RawTar.pax([("path", "a\0b")]), RawTar.file("a")], "a\0b", .path(.nul)),
        .init("not UTF-8", [RawTar.entry("x", fields: [0: [0x62, 0xFF]])], "b\u{FFFD}", .path(.notUTF8)),
        .init("no name", [RawTar.file("")], "", .noName),
        .init("character device", [RawTar.entry("null", flag: "3")], "null", .type(UInt8(ascii: "3"))),
        .init("block device", [RawTar.entry("sda", flag: "4")], "sda", .type(UInt8(ascii: "4"))),
        .init("pipe", [RawTar.entry("pipe", flag: "6")], "pipe", .type(UInt8(ascii: "6"))),
        .init("unknown type", [RawTar.entry("odd", flag: "Z")], "odd", .type(UInt8(ascii: "Z"))),
        .init("GNU sparse", [RawTar.entry("hole", flag: "S")], "hole", .sparse),
        .init("PAX sparse", [RawTar.pax([("GNU.sparse.major", "1")]), RawTar.file("hole")], "hole", .sparse),
        .init("hard link out", [RawTar.entry("a", flag: "1", link: "../b")], "a", .path(.dotDot)),
        .init("hard link to /", [RawTar.entry("a", flag: "1", link: "/b")], "a", .path(.absolute)),
        .init("hard link to nothing", [RawTar.entry("a", flag: "1", link: "b")], "a", .linkTarget("b")),
        .init(
            "hard link to itself", [RawTar.file("a"), RawTar.entry("a", flag: "1", link: "a")], "a", .linkTarget("a")),
        .init(
            "hard link to a symbolic link",
            [RawTar.entry("s", flag: "2", link: "/"), RawTar.entry("a", flag: "1", link: "s")],
            "a", .linkTarget("s")),
        .init(
            "hard link to what was replaced",
            [RawTar.file("f"), RawTar.entry("f", flag: "2", link: "/"), RawTar.entry("a", flag: "1", link: "f")], "a",
            .linkTarget("f")),
        .init("symbolic link to nothing", [RawTar.entry("a", flag: "2")], "a", .symlinkTarget),
        .init("link with contents", [RawTar.entry("a", flag: "2", link: "b", body: [1])], "a", .linkWithContents),
        .init("directory with contents", [RawTar.entry("a", flag: "5", body: [1])], "a", .linkWithContents),
        .init(
            "negative size", [RawTar.entry("a", fields: [124: .init(repeating: 0xFF, count: 12)])], "a", .number("size")
        ),
        .init("owner too big", [RawTar.pax([("uid", "4294967295")]), RawTar.file("a")], "a", .number("uid")),
        .init("owner below 0", [RawTar.pax([("gid", "-1")]), RawTar.file("a")], "a", .number("gid")),
        .init("attribute name", [RawTar.pax([("SCHILY.xattr.a b", "1")]), RawTar.file("a")], "a", .attributeName),
        .init("8 GB", over: [RawTar.entry("a", size: "77777777777\0")], "a", .entryBytes(4096)),
        .init("8 EB", over: [RawTar.pax([("size", "9223372036854775807")]), RawTar.file("a")], "a", .entryBytes(4096)),
        .init(
            "too much in all", over: (1...17).map { RawTar.entry("f\($0)", body: .init(repeating: 1, count: 4096)) },
            "f15",
            .totalBytes(65536)),
        .init("too many", over: (1...21).map { RawTar.file("f\($0)") }, "f21", .entries(20)),
        .init(
            "size beyond 63 bits",
            damaged: [RawTar.entry("a", fields: [124: [0x80, 1] + .init(repeating: 0, count: 10)])],
            "the size in a header is not a number"),
        .init(
            "size of letters", damaged: [RawTar.entry("a", size: "00000000xyz\0")],
            "the size in a header is not a number"),
        .init(
            "PAX size of letters", damaged: [RawTar.pax([("size", "1e9")]), RawTar.file("a")], at: "a",
            "the size in a header is not a number"),
        .init(
            "PAX record too long", damaged: [RawTar.entry("x", flag: "x", body: Array("99 path=a\n".utf8))],
            "a PAX header is malformed"),
        .init(
            "PAX record without line end", damaged: [RawTar.entry("x", flag: "x", body: Array("9 path=ab".utf8))],
            "a PAX header is malformed"),
        .init(
            "PAX record of length 0", damaged: [RawTar.entry("x", flag: "x", body: Array("0 path=ab".utf8))],
            "a PAX header is malformed"),
        .init(
            "PAX record of length 2", damaged: [RawTar.entry("x", flag: "x", body: Array("2 \n".utf8))],
            "a PAX header is malformed"),
        .init(
            "huge PAX header", damaged: [RawTar.entry("x", flag: "x", size: "00010000000\0")],
            "an extended header is too big"),
        .init(
            "PAX headers without end", damaged: Array(repeating: RawTar.pax([("a", "b")]), count: 18),
            "it has more than 16 extended headers in a row"),
        .init(
            "PAX header about nothing", damaged: [RawTar.file("a"), RawTar.pax([("path", "b")])], at: "a",
            "the entry of its last extended header is missing"),
        .init(
            "wrong checksum", damaged: [RawTar.file("a").map { $0 == UInt8(ascii: "a") ? 98 : $0 }],
            "it is not a tar, or it is corrupt: a header's checksum is wrong"),
        .init("no end", damaged: [RawTar.file("a")], at: "a", "it ends without an end marker", end: false),
        .init("nothing", damaged: [], "it ends without an end marker", end: false),
        .init(
            "an archive behind the end", damaged: [RawTar.file("a"), RawTar.end, RawTar.file("b")], at: "a",
            "there are more bytes after its end"),
        .init(
            "garbage", damaged: [Array("#!/bin/sh\n".utf8) + .init(repeating: 7, count: 5000)],
            "it is not a tar, or it is corrupt: a header's checksum is wrong"),
        .init("a few bytes", damaged: [[1, 2, 3]], "it ends in the middle of an entry", end: false),
    ]

    @Test(arguments: table) func isRefusedInOneSentence(_ tar: HostileTar) throws {
        let reader = ArchiveReader(bytes: tar.bytes, name: "x.tar", limits: HostileTarTests.limits)
        let error = try #require(throws: ArchiveError.self) { _ = try reader.members() }
        #expect(error == tar.error)
        #expect(throws: tar.error, "also when nobody reads the contents") { try reader.forEach { _, _ in } }
        #expect(error.sentence.hasSuffix("."))
        #expect(error.sentence.contains("x.tar"))
        #expect(!error.sentence.unicodeScalars.contains { $0.value < 32 })
    }

    @Test func contentsCanBeTakenOnce() throws {
        let reader = ArchiveReader(bytes: RawTar.file("a", "text") + RawTar.end, name: "x.tar")
        #expect(throws: ArchiveError.self) {
            try reader.forEach { _, contents in
                try contents { _ in }
                try contents { _ in }
            }
        }
    }

    @Test(arguments: ["cat", "gzip -n", "xz", "zstd -q", "bzip2"]) func isWholeOrRefused(filter: String) throws {
        try withTemporaryDirectory { directory in
            let plain = try RawTar.file("a", String(repeating: "text ", count: 700)) + tar([Member(file: "b", "more")])
            try Files.write(plain, to: directory.appending("x.tar"))
            let packed = try ShellLine.run("\(filter) < x.tar", in: directory)
            #expect(try ArchiveReader(bytes: packed, name: "x.tar").members().count == 2)
            let step = filter == "cat" ? 256 : 1
            // The second of the two zero blocks is optional: some writers omit it.
            let last = filter == "cat" ? packed.count - 512 : packed.count
            for length in stride(from: 0, to: last, by: step) {
                let reader = ArchiveReader(bytes: Array(packed[..<length]), name: "x.tar")
                #expect(throws: ArchiveError.self, "\(length) bytes") { try reader.forEach { _, _ in } }
            }
        }
    }

    @Test(arguments: [1, 2, 3]) func mutationsNeverCrash(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        let seedTar: [UInt8] = try Array(
            [
                RawTar.pax([("path", "caf\u{e9}"), ("mtime", "1.5"), ("SCHILY.xattr.user.a", "b")]),
                RawTar.file("a", "text"),
                RawTar.entry("L", flag: "L", body: Array("long\0".utf8)), RawTar.file("b", "x"),
                RawTar.entry("h", flag: "1", link: "long"), tar([Member("l", .symlink(target: "../x"))]),
            ].joined())
        var refused = 0
        for _ in 0..<2000 {
            var bytes = seedTar
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            // Most mutations would only break the checksum: fix it where a block still looks like a header.
            for start in stride(from: 0, to: bytes.count, by: 512)
            where bytes[(start + 257)...].starts(with: "ustar".utf8) {
                var block = Array(bytes[start..<(start + 512)])
                RawTar.seal(&block)
                bytes.replaceSubrange(start..<(start + 512), with: block)
            }
            do { _ = try ArchiveReader(bytes: bytes, name: "x.tar", limits: HostileTarTests.limits).members() } catch {
                #expect(error is ArchiveError)
                refused += 1
            }
        }
        #expect((200..<2000).contains(refused))
    }
}
