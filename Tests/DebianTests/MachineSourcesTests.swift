// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Foundation
import SystemPackage
import Testing

@Suite struct MachineSourcesTests {
    @Test func readsBothForms() throws {
        let root = FilePath(NSTemporaryDirectory()).appending("sources-\(UUID().uuidString)")
        defer { try? Files.removeTree(root) }
        try Files.makeDirectories(root.appending("sources.list.d"))
        let list = """
            # deb http://commented.example.org/debian bookworm main
            deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] http://one.example.org/debian/ bookworm main contrib
            deb-src http://src.example.org/debian bookworm main
            deb http://other.example.org/apt stable main
            deb [ signed-by=/y.asc ] https://sec.example.org/debian-security bookworm-security main # the end
            """
        let sources = """
            Types: deb deb-src
            URIs: http://two.example.org/debian http://one.example.org/debian
            Suites: bookworm bookworm-updates
            Components: main
            Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

            Types: deb
            Enabled: no
            URIs: http://off.example.org/debian
            Suites: bookworm
            Components: main
            """
        try Files.write(Array(list.utf8), to: root.appending("sources.list"))
        try Files.write(Array(sources.utf8), to: root.appending("sources.list.d").appending("debian.sources"))
        try Files.write(Array("rubbish\n".utf8), to: root.appending("sources.list.d").appending("bad.sources"))
        let found = try MachineSources.read(etcApt: root, codename: "bookworm")
        #expect(
            found.archives.map(\.addresses) == [
                ["http://one.example.org/debian", "http://two.example.org/debian"],
                ["http://two.example.org/debian", "http://one.example.org/debian"],
                ["https://sec.example.org/debian-security"],
            ])
        #expect(found.archives.map(\.base) == ["debian", "debian", "debian-security"])
        #expect(found.keyrings == ["/usr/share/keyrings/x.gpg", "/usr/share/keyrings/debian-archive-keyring.gpg"])
    }

    @Test func nothingIsNoError() throws {
        #expect(
            try MachineSources.read(etcApt: "/nonexistent", codename: "bookworm").archives.allSatisfy(
                \.addresses.isEmpty))
        let time = try #require(ArchiveTime(rfc3339: "2026-07-11T10:16:37Z"))
        let address = ArchiveSource.snapshot(base: "debian", at: time)
        #expect(address == "https://snapshot.debian.org/archive/debian/20260711T101637Z")
    }
}
