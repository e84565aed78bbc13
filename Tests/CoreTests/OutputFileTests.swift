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

    /// Commands that prepare the directory (`$1` is `out`), the path that is replaced, and the remaining link.
    static let regular: [(before: String, replaced: String, link: String?)] = [
        (":", "out", nil), ("echo old > out", "out", nil),
        ("mkdir far; echo old > far/file; ln -s far/file out", "far/file", "out"),
        ("mkdir far; ln -s far/file out", "far/file", "out"),
        ("mkdir far; echo old > far/file; ln -s ../far/file far/link; ln -s far/link out", "far/file", "far/link"),
        ("mkdir far; ln -s \"$PWD/far/file\" out", "far/file", "out"),
    ]

    @Test("A regular file is replaced, at the target of a link", arguments: regular)
    func regularFile(before: String, replaced: String, link: String?) throws {
        try withTemporaryDirectory { directory in
            try ShellLine.run(before, in: directory)
            try OutputFile(directory.appending("out")).write(Self.bytes)
            let place = directory.pushing(FilePath(replaced))
            #expect(try Files.read(place, limit: 64) == Self.bytes)
            #expect(try Files.status(of: place).st_mode & S_IFMT == S_IFREG)
            if let link { #expect(try Files.status(of: directory.pushing(FilePath(link))).st_mode & S_IFMT == S_IFLNK) }
            let left = try ShellLine.run("find . -name '.*.*' -mindepth 1", in: directory)
            #expect(left.isEmpty)
        }
    }

    @Test("Names that are not UTF-8 are written byte for byte", arguments: [false, true])
    func bytes(isThere: Bool) throws {
        try withTemporaryDirectory { directory in
            let name = FilePath(platformString: [CInterop.PlatformChar(bitPattern: 0xE9), 0])
            let inner = directory.pushing(name)
            try Files.makeDirectories(inner)
            if isThere { try Files.write([1], to: inner.pushing(name)) }
            try OutputFile(inner.pushing(name)).write(Self.bytes)
            #expect(try Files.read(inner.pushing(name), limit: 64) == Self.bytes)
            #expect(try ShellLine.run("find . -mindepth 1 | wc -l", in: directory) == Array("2\n".utf8))
        }
    }

    /// Commands that leave a link in a Git work tree, the output, and the link.
    static let left: [(before: String, output: String, link: String)] = [
        ("mkdir .git far; echo old > far/file; ln -s far/file out", "out", "out"),
        ("mkdir .git far; echo old > far/file; ln -s \"$PWD/far/file\" out", "./out", "out"),
        ("mkdir .git; ln -s nothing out", "out", "out"), ("mkdir .git; ln -s /dev/null out", "out", "out"),
        ("mkdir .git sub far; ln -s ../far sub/link", "sub/link/file", "sub/link"),
        ("mkdir .git sub far; ln -s ../far sub/link", "sub/link/../file", "sub/link"),
        ("touch .git; mkdir far; ln -s far link", "link/file", "link"),
        ("mkdir -p tree/.git far; ln -s ../far tree/link; ln -s tree/link/file out", "out", "tree/link"),
        ("mkdir .git; mkfifo pipe; ln -s pipe out", "out", "out"),
    ]

    @Test("A link that a container may have left is not followed, and nothing is written", arguments: left)
    func leftLink(before: String, output: String, link: String) throws {
        try withTemporaryDirectory { directory in
            try ShellLine.run(before, in: directory)
            let files = try ShellLine.run("find . -type f -exec cat {} + -o -print | sort", in: directory)
            let file = FilePath("\(directory.string)/\(output)")
            let error = #expect(throws: OutputError.self) { try OutputFile(file).write(Self.bytes) }
            guard case .link(let path, let found, let target) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(path == file && found.lastComponent == FilePath(link).lastComponent)
            #expect(FilePath(try Files.target(of: directory.pushing(FilePath(link)))) == target)
            #expect(try ShellLine.run("find . -type f -exec cat {} + -o -print | sort", in: directory) == files)
        }
    }

    @Test("Links to and outside of a work tree are followed", arguments: ["link/out", "sub/../link/sub/out"])
    func outside(output: String) throws {
        try withTemporaryDirectory { directory in
            try ShellLine.run("mkdir -p tree/.git tree/sub sub; ln -s tree link", in: directory)
            try OutputFile(FilePath("\(directory.string)/\(output)")).write(Self.bytes)
            #expect(try ShellLine.run("find . -name out -exec cat {} +", in: directory) == Self.bytes)
        }
    }

    @Test("The way to a directory has no such link either")
    func directory() throws {
        try withTemporaryDirectory { directory in
            try ShellLine.run("mkdir .git far; ln -s far link", in: directory)
            for name in ["far", "far/new/deep", "new", "."] {
                try OutputFile.checkDirectory(directory.pushing(FilePath(name)))
            }
            for name in ["link", "link/new/deep"] {
                #expect(throws: OutputError.self) {
                    try OutputFile.checkDirectory(directory.pushing(FilePath(name)))
                }
            }
        }
    }

    @Test("A path that is exchanged for a link after it was examined is not followed", arguments: ["file", "pipe"])
    func exchanged(name: String) throws {
        try withTemporaryDirectory { directory in
            try ShellLine.run("mkdir .git far; echo old > far/file; echo old > file; mkfifo pipe", in: directory)
            let output = try OutputFile(directory.appending(name))
            try ShellLine.run("rm \(name); ln -s far/file \(name)", in: directory)
            #expect(throws: OutputError.self) { try output.write(Self.bytes) }
            #expect(try Files.read(directory.appending("far").appending("file"), limit: 64) == Array("old\n".utf8))
        }
    }

    @Test("A FIFO without a reader is an error")
    func unread() throws {
        try withTemporaryDirectory { directory in
            let file = directory.appending("fifo")
            try ShellLine.run("mkfifo fifo", in: directory)
            #expect(throws: OutputError.noReader(file)) { try OutputFile(file).write(Self.bytes) }
        }
    }

    @Test("A failing body leaves the old file and no temporary file")
    func failure() throws {
        try withTemporaryDirectory { directory in
            let file = directory.appending("out")
            try Files.write(Array("old".utf8), to: file)
            #expect(throws: FileError("write", file, .noSpace)) {
                try OutputFile(file).write { (_: FileDescriptor) in throw Errno.noSpace }
            }
            #expect(try Files.read(file, limit: 64) == Array("old".utf8))
            #expect(try Files.list(directory) == ["out"])
        }
    }

    @Test("A FIFO is kept, named directly or by a link", arguments: ["fifo", "link"])
    func fifo(name: String) throws {
        try withTemporaryDirectory { directory in
            try ShellLine.run("mkfifo fifo; ln -s fifo link", in: directory)
            // Opened for reading and writing, so that the writer does not wait for a reader.
            let reader = try FileDescriptor.open(directory.appending("fifo"), .readWrite, options: [.nonBlocking])
            defer { try? reader.close() }
            try OutputFile(directory.appending(name)).write(Self.bytes)
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
            #expect(Array(buffer[..<count]) == Self.bytes)
            #expect(try Files.status(of: directory.appending("fifo")).st_mode & S_IFMT == S_IFIFO)
            #expect(try Files.list(directory) == ["fifo", "link"])
        }
    }

    /// Whether devices can be created and opened: not in a container without CAP_MKNOD or on a mount with `nodev`.
    static let makesDevices: Bool =
        (try? withTemporaryDirectory { try ShellLine.run("mknod null c 1 3; : > null", in: $0) }) != nil

    @Test(
        "A device is kept, named directly or by a link",
        .enabled(if: makesDevices, "mknod(2) of a device is not permitted here"), arguments: ["null", "link"])
    func device(name: String) throws {
        try withTemporaryDirectory { directory in
            try ShellLine.run("mknod null c 1 3; ln -s null link", in: directory)
            let before = try Files.status(of: directory.appending("null"))
            try OutputFile(directory.appending(name)).write(Self.bytes)
            let after = try Files.status(of: directory.appending("null"))
            #expect(after.st_mode & S_IFMT == S_IFCHR && after.st_ino == before.st_ino)
            #expect(try Files.list(directory) == ["link", "null"])
        }
    }

    @Test("A pipe or a file behind a link of /proc is written to")
    func descriptors() throws {
        let pipe = Pipe()
        let end = pipe.fileHandleForWriting.fileDescriptor
        try OutputFile(FilePath("/proc/self/fd/\(end)")).write(Self.bytes)
        try pipe.fileHandleForWriting.close()
        #expect(Array(pipe.fileHandleForReading.readDataToEndOfFile()) == Self.bytes)
        try withTemporaryDirectory { directory in
            let file = try FileDescriptor.open(
                directory.appending("gone"), .readWrite, options: [.create], permissions: [.ownerReadWrite])
            defer { try? file.close() }
            unlink(directory.appending("gone").string)
            try OutputFile(FilePath("/proc/self/fd/\(file.rawValue)")).write(Self.bytes)
            #expect(try Files.list(directory) == [])
        }
    }

    @Test(
        "Paths that cannot be files are refused with a sentence",
        arguments: [
            ("mkdir out", Errno.isDirectory), ("mkdir far; ln -s far out", .isDirectory),
            ("ln -s out out", .tooManySymbolicLinkLevels), ("ln -s missing/file out", .noSuchFileOrDirectory),
        ])
    func refused(before: String, errno: Errno) throws {
        try withTemporaryDirectory { directory in
            try ShellLine.run(before, in: directory)
            let file = directory.appending("out")
            let error = #expect(throws: FileError.self) { try OutputFile(file).write(Self.bytes) }
            #expect(error == FileError("write", file, errno))
        }
    }
}
