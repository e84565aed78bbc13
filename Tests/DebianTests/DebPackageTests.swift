// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Debian
import SystemPackage
import TestSupport
import Testing

@Suite struct DebPackageTests {
    @Test(arguments: ["xz", "zstd", "gzip", "none"]) func readsWhatDpkgDebBuilds(compression: String) throws {
        try withTemporaryDirectory { directory in
            let file = try DebOracle.package(compression, in: directory)
            let package = try DebPackage(file: file)
            #expect(package.control == (try ShellLine.run("dpkg-deb -I p.deb control", in: directory)))
            #expect(package.controlFiles.map(\.name) == ["conffiles", "postinst"])
            #expect(package.controlFiles.map(\.mode) == [0o644, 0o755])
            #expect(
                package.controlFiles.map { String(decoding: $0.bytes, as: UTF8.self) } == [
                    "/etc/p.conf\n", "#!/bin/sh\n",
                ])
            let list = String(decoding: try ShellLine.run("dpkg-deb -c p.deb", in: directory), as: UTF8.self)
            let theirs = list.split(separator: "\n").map {
                $0.split(separator: " ").filter { !$0.isEmpty }.joined(separator: " ")
            }
            #expect(try lines(package) == theirs)
            try compareContents(package, directory)
        }
    }

    /// The lines of `dpkg-deb -c`.
    private func lines(_ package: DebPackage) throws -> [String] {
        var lines: [String] = []
        try package.forEachEntry { entry, _ in
            let name = "./" + entry.path.string
            let (type, end) =
                switch entry.kind {
                case .file: ("-", "")
                case .directory: ("d", entry.path.isRoot ? "" : "/")
                case .symlink(let target): ("l", " -> \(target)")
                case .hardlink(let target): ("h", " link to ./\(target)")
                }
            lines.append("\(type)\(permissions(entry.mode)) root/root \(entry.size) 2020-09-13 12:26 \(name)\(end)")
        }
        return lines
    }

    private func permissions(_ mode: UInt16) -> String {
        var text = (0..<9).map { mode & (0o400 >> $0) == 0 ? "-" : Array("rwx")[$0 % 3].description }
        if mode & 0o4000 != 0 { text[2] = "s" }
        return text.joined()
    }

    private func compareContents(_ package: DebPackage, _ directory: FilePath) throws {
        try package.forEachEntry { entry, contents in
            guard case .file(let size) = entry.kind else { return }
            var bytes: [UInt8] = []
            try contents { bytes.append(contentsOf: $0) }
            #expect(bytes.count == Int(size))
            #expect(
                try bytes == Files.read(directory.appending("p").pushing(FilePath(entry.path.string)), limit: 1 << 20))
        }
    }

    @Test func skipsWhatDebSaysToSkip() throws {
        try withTemporaryDirectory { directory in
            let control = try DebOracle.tar([("./control", "Package: p\n")])
            let data = try DebOracle.tar([("etc/p", "x")])
            let file = directory.appending("p.deb")
            try Files.write(
                DebOracle.ar([
                    ("debian-binary", Array("2.1\nmore\n".utf8)), ("_one", [1]), ("control.tar/", control),
                    ("_two", [1, 2]),
                    ("data.tar", data), ("_gpgorigin", [3]), ("extra", []),
                ]), to: file)
            #expect(try DebPackage(file: file).control == Array("Package: p\n".utf8))
            #expect(try DebOracle.readAll(file).map(\.path.string) == ["etc/p"])
        }
    }

    @Test func readersWorkSideBySide() async throws {
        let directory = FilePath("/tmp").appending("deb-tests-\(Files.uniqueSuffix())")
        try Files.makeDirectories(directory)
        defer { try? Files.removeTree(directory) }
        let file = try DebOracle.package("xz", in: directory)
        let expected = try DebOracle.readAll(file)
        try await withThrowingTaskGroup(of: [ArchiveEntry].self) { group in
            for _ in 0..<16 { group.addTask { try DebOracle.readAll(file) } }
            for try await entries in group { #expect(entries == expected) }
        }
    }
}
