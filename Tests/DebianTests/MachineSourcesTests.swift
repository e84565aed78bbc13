// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Foundation
import SystemPackage
import Testing

@Suite struct MachineSourcesTests {
    /// The machine's sources that a container can and cannot use.
    @Test(arguments: [
        ("http://m.example.org/debian", true), ("https://[2001:db8::1]/debian", true),
        ("http://m.example.org:3142/debian", true), ("http://localhosted.example.org/debian", true),
        ("file:/srv/debian", false), ("http://127.0.0.1:8080/debian", false), ("http://localhost/debian", false),
        ("http://[::1]:80/debian", false), ("https://user:secret@m.example.org/debian", false),
    ])
    func containersGetWhatTheyReach(address: String, isKept: Bool) {
        let served = ArchiveSource.all(of: "bookworm").map {
            ArchiveSource(suite: $0.suite, base: $0.base, addresses: [address])
        }
        let list = AptSourceList(seenFromContainers: served)
        #expect((list != nil) == isKept)
        #expect(list?.text.contains("URIs: \(address)\nSuites: bookworm-security\n") ?? true)
        // Without the security archive, the available packages would be older than those in the image.
        let partly =
            served.dropLast() + [ArchiveSource(suite: "bookworm-security", base: "debian-security", addresses: [])]
        #expect(AptSourceList(seenFromContainers: Array(partly)) == nil)
        #expect(AptSourceList(Array(partly))?.archives.count == 2)
    }

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
                ["http://two.example.org/debian", "http://one.example.org/debian"],
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
        let time = try #require(Timestamp(rfc3339: "2026-07-11T10:16:37Z"))
        let address = ArchiveSource.snapshot(base: "debian", at: time)
        #expect(address == "https://snapshot.debian.org/archive/debian/20260711T101637Z")
    }
}
