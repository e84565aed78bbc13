// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Glibc
import OCI
import SystemPackage
import TestSupport
import Testing

/// A layer of another tool, entry by entry, and the expected error.
struct HostileLayer: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let entries: [(path: String, kind: ArchiveEntry.Kind)]
    var limits = ArchiveLimits()
    let isExpected: @Sendable (ArchiveError) -> Bool

    static let table: [HostileLayer] = [
        .init(
            testDescription: "a link and a file through it", entries: [link("d"), file("d/evil")],
            isExpected: isInTheWay),
        .init(
            testDescription: "a link and a directory through it", entries: [link("d"), ("d/e", .directory)],
            isExpected: isInTheWay),
        .init(
            testDescription: "a link and something hidden through it", entries: [link("d"), file("d/.wh.evil")],
            isExpected: isInTheWay),
        .init(
            testDescription: "a link and everything hidden through it", entries: [link("d"), file("d/.wh..wh..opq")],
            isExpected: isInTheWay),
        .init(
            testDescription: "hiding the directory above", entries: [("d", .directory), file("d/.wh...")],
            isExpected: { if case .path(_, .dotDot) = $0 { true } else { false } }),
        .init(
            testDescription: "hiding nothing", entries: [("d", .directory), file("d/.wh.")], isExpected: isInTheWay),
        .init(testDescription: "a file twice", entries: [file("a"), file("a")], isExpected: isInTheWay),
        .init(
            testDescription: "dot dot", entries: [file("xx/evil")],
            isExpected: { if case .refused(_, "../evil", .path(.dotDot)) = $0 { true } else { false } }),
        .init(
            testDescription: "too many entries", entries: [file("a"), file("b"), file("c")],
            limits: ArchiveLimits(entries: 2),
            isExpected: { if case .overLimit(_, _, .entries(2)) = $0 { true } else { false } }),
    ]

    private static func link(_ path: String) -> (String, ArchiveEntry.Kind) { (path, .symlink(target: "../outside")) }
    private static func file(_ path: String) -> (String, ArchiveEntry.Kind) { (path, .file(size: 0)) }
    private static let isInTheWay: @Sendable (ArchiveError) -> Bool = { if case .inTheWay = $0 { true } else { false } }

    /// Writes the tar to a file. `xx/` is replaced by `../`, which the writer refuses.
    func write(to file: FilePath) throws {
        var bytes: [UInt8] = []
        let tar = try TarWriter { bytes.append(contentsOf: $0) }
        for entry in entries {
            try tar.append(ArchiveEntry(path: ArchivePath(entry.path), kind: entry.kind, mode: 0o755))
        }
        try tar.finish()
        if bytes.starts(with: "xx/".utf8) {
            bytes.replaceSubrange(0..<2, with: "..".utf8)
            // POSIX.1-2017, ustar: the checksum is the sum of the header's bytes, in octal at 148; two bytes are
            // smaller now.
            let old = bytes[148..<154].reduce(0) { $0 * 8 + Int($1 & 7) }
            let sum = String(old - 2 * Int(UInt8(ascii: "x") - UInt8(ascii: ".")), radix: 8)
            bytes.replaceSubrange(148..<154, with: (String(repeating: "0", count: 6 - sum.count) + sum).utf8)
        }
        try Files.write(bytes, to: file)
    }
}

@Suite struct LayerUnpackerTests {
    @Test("Files lose their set-uid and set-gid bits if asked", arguments: [true, false])
    func setID(dropsSetID: Bool) throws {
        let scratch = try Scratch()
        let file = scratch.root.appending("layer")
        var bytes: [UInt8] = []
        let tar = try TarWriter { bytes.append(contentsOf: $0) }
        try tar.append(ArchiveEntry(path: ArchivePath("f"), kind: .file(size: 0), mode: 0o6755))
        try tar.append(ArchiveEntry(path: ArchivePath("d"), kind: .directory, mode: 0o2775))
        try tar.finish()
        try Files.write(bytes, to: file)
        let tree = scratch.root.appending("tree")
        try LayerUnpacker.unpack(file, into: tree, setsOwners: false, dropsSetID: dropsSetID)
        let modes = try ["f", "d"].map { try Files.status(of: tree.appending($0)).st_mode & 0o7777 }
        #expect(modes == [dropsSetID ? 0o755 : 0o6755, 0o2775])
    }

    @Test(arguments: HostileLayer.table) func refusesWhatLeavesTheDirectory(_ layer: HostileLayer) throws {
        let scratch = try Scratch()
        let (file, outside) = (scratch.root.appending("layer.tar"), scratch.root.appending("outside"))
        try Files.makeDirectories(outside)
        try layer.write(to: file)
        let error = #expect(throws: ArchiveError.self) {
            try LayerUnpacker.unpack(
                file, into: scratch.root.appending("tree"), setsOwners: false, limits: layer.limits)
        }
        #expect(error.map(layer.isExpected) == true, "\(String(describing: error))")
        #expect(try Files.list(outside) == [])
        #expect(try Files.list(scratch.root) == ["layer.tar", "outside", "store", "tree"])
    }

    @Test func aCutOffLayerIsDamaged() throws {
        let scratch = try Scratch()
        let layer = try LayerWriterTests.write(LayerWriterTests.bytes(1 << 16), chunks: [4096], to: scratch.store)
        let file = scratch.root.appending("layer.tar.gz")
        try Files.write(scratch.store.read(layer.descriptor.digest).dropLast(100), to: file)
        #expect(throws: ArchiveError.self) {
            try LayerUnpacker.unpack(file, into: scratch.root.appending("tree"), setsOwners: false)
        }
    }

    @Test(arguments: [LayerCompression.gzip, .zstd, .none])
    func unpacksFilesLinksAndWhatIsHidden(_ compression: LayerCompression) throws {
        let scratch = try Scratch()
        let writer = try LayerWriter(store: scratch.store, compression: compression)
        let tar = try TarWriter(to: writer.write)
        try tar.append(ArchiveEntry(path: ArchivePath("d"), kind: .directory, mode: 0o750, mtime: 7))
        try tar.append(ArchiveEntry(path: ArchivePath("d/.wh.gone"), kind: .file(size: 0), mode: 0o644))
        try tar.append(
            ArchiveEntry(path: ArchivePath("d/file"), kind: .file(size: 2), mode: 0o640, mtime: 5), bytes: [1, 2])
        try tar.append(ArchiveEntry(path: ArchivePath("d/link"), kind: .symlink(target: "/etc/passwd"), mode: 0o777))
        try tar.finish()
        let blob = scratch.store.path(of: try writer.commit().descriptor.digest)
        let tree = scratch.root.appending("tree")
        try LayerUnpacker.unpack(blob, into: tree, setsOwners: false)
        #expect(try Files.list(tree.appending("d")) == ["file", "gone", "link"])
        #expect(try Files.read(tree.pushing("d/file"), limit: 10) == [1, 2])
        #expect(try Files.target(of: tree.pushing("d/link")) == "/etc/passwd")
        // An overlayfs whiteout: a character device 0/0.
        let gone = try Files.status(of: tree.pushing("d/gone"))
        #expect(gone.st_mode & S_IFMT == S_IFCHR && gone.st_rdev == 0)
        let directory = try Files.status(of: tree.appending("d"))
        #expect(directory.st_mode & 0o7777 == 0o750 && directory.st_mtim.tv_sec == 7)
    }
}
