// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite("A file that a user named for output")
struct OutputFileTests {
    private static let bytes = Array("what is written\n".utf8)

    /// What stands in the directory before (`$1` is `out`), which path is replaced, and what is still a link.
    static let regular: [(before: String, replaced: String, link: String?)] = [
        (":", "out", nil), ("echo old > out", "out", nil),
        ("mkdir far; echo old > far/file; ln -s far/file out", "far/file", "out"),
        ("mkdir far; ln -s far/file out", "far/file", "out"),
        ("mkdir far; echo old > far/file; ln -s ../far/file far/link; ln -s far/link out", "far/file", "far/link"),
        ("mkdir far; ln -s \"$PWD/far/file\" out", "far/file", "out"),
    ]

    @Test("A regular file is replaced, at the place that a link leads to", arguments: regular)
    func regularFile(before: String, replaced: String, link: String?) throws {
        try withTemporaryFolder { folder in
            try ShellLine.run(before, in: folder)
            try OutputFile(folder.appending("out")).write(Self.bytes)
            let place = folder.pushing(FilePath(replaced))
            #expect(try Files.read(place, limit: 64) == Self.bytes)
            #expect(try Files.status(of: place).st_mode & S_IFMT == S_IFREG)
            if let link { #expect(try Files.status(of: folder.pushing(FilePath(link))).st_mode & S_IFMT == S_IFLNK) }
            let left = try ShellLine.run("find . -name '.*.*' -mindepth 1", in: folder)
            #expect(left.isEmpty)
        }
    }

    @Test("A body that fails leaves the old file, and nothing beside it")
    func failure() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending("out")
            try Files.write(Array("old".utf8), to: file)
            #expect(throws: FileError("write", file, .noSpace)) {
                try OutputFile(file).write { (_: FileDescriptor) in throw Errno.noSpace }
            }
            #expect(try Files.read(file, limit: 64) == Array("old".utf8))
            #expect(try Files.list(folder) == ["out"])
        }
    }

    @Test("A FIFO stays one, named itself or by a link", arguments: ["fifo", "link"])
    func fifo(name: String) throws {
        try withTemporaryFolder { folder in
            try ShellLine.run("mkfifo fifo; ln -s fifo link", in: folder)
            // Open for both: the writer need not wait for a reader.
            let reader = try FileDescriptor.open(folder.appending("fifo"), .readWrite, options: [.nonBlocking])
            defer { try? reader.close() }
            try OutputFile(folder.appending(name)).write(Self.bytes)
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
            #expect(Array(buffer[..<count]) == Self.bytes)
            #expect(try Files.status(of: folder.appending("fifo")).st_mode & S_IFMT == S_IFIFO)
            #expect(try Files.list(folder) == ["fifo", "link"])
        }
    }

    /// Whether a device can be made and opened here: no container without CAP_MKNOD, no mount with `nodev`.
    static let makesDevices: Bool =
        (try? withTemporaryFolder { try ShellLine.run("mknod null c 1 3; : > null", in: $0) }) != nil

    @Test(
        "A device stays one, named itself or by a link",
        .enabled(if: makesDevices, "mknod(2) of a device is not permitted here"), arguments: ["null", "link"])
    func device(name: String) throws {
        try withTemporaryFolder { folder in
            try ShellLine.run("mknod null c 1 3; ln -s null link", in: folder)
            let before = try Files.status(of: folder.appending("null"))
            try OutputFile(folder.appending(name)).write(Self.bytes)
            let after = try Files.status(of: folder.appending("null"))
            #expect(after.st_mode & S_IFMT == S_IFCHR && after.st_ino == before.st_ino)
            #expect(try Files.list(folder) == ["link", "null"])
        }
    }

    @Test("A pipe or a file behind a link of /proc is what is written to")
    func descriptors() throws {
        let pipe = Pipe()
        let end = pipe.fileHandleForWriting.fileDescriptor
        try OutputFile(FilePath("/proc/self/fd/\(end)")).write(Self.bytes)
        try pipe.fileHandleForWriting.close()
        #expect(Array(pipe.fileHandleForReading.readDataToEndOfFile()) == Self.bytes)
        try withTemporaryFolder { folder in
            let file = try FileDescriptor.open(
                folder.appending("gone"), .readWrite, options: [.create], permissions: [.ownerReadWrite])
            defer { try? file.close() }
            unlink(folder.appending("gone").string)
            try OutputFile(FilePath("/proc/self/fd/\(file.rawValue)")).write(Self.bytes)
            #expect(try Files.list(folder) == [])
        }
    }

    @Test(
        "What cannot be a file is refused with a sentence",
        arguments: [
            ("mkdir out", Errno.isDirectory), ("mkdir far; ln -s far out", .isDirectory),
            ("ln -s out out", .tooManySymbolicLinkLevels), ("ln -s missing/file out", .noSuchFileOrDirectory),
        ])
    func refused(before: String, errno: Errno) throws {
        try withTemporaryFolder { folder in
            try ShellLine.run(before, in: folder)
            let file = folder.appending("out")
            let error = #expect(throws: FileError.self) { try OutputFile(file).write(Self.bytes) }
            #expect(error == FileError("write", file, errno))
        }
    }
}
