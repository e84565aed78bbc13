// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import SystemPackage
import TestSupport
import Testing

/// Lines of a machine's apt sources, and the expected mirrors for bookworm.
struct SourceLines: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// One-line entries; `LIST` is replaced by the path of the mirror list.
    let lines: String
    /// A mirror list (apt-transport-mirror(1)).
    var list = ""
    /// The mirrors configured for bookworm, and all candidates for its pool.
    let named: [String]
    let pool: [String]
    var security: [String] = []
    var aliases: [String] = []
    /// The reasons for unusable lines.
    var ignored: [String] = []
}

@Suite("Mirrors from the machine's apt sources") struct SourceLinesTests {
    static let ours = "[signed-by=/usr/share/keyrings/debian-archive-keyring.pgp]"
    static let tables = [
        SourceLines(
            testDescription: "Debian 13",
            lines: """
                deb \(ours) http://m.example/debian trixie main
                deb \(ours) http://m.example/debian trixie-updates main
                deb \(ours) http://s.example/debian-security trixie-security main
                """,
            named: [], pool: ["http://m.example/debian"], security: ["http://s.example/debian-security"]),
        SourceLines(
            testDescription: "the requested release before another one",
            lines: """
                deb http://new.example/debian trixie main
                deb http://old.example/debian bookworm main
                """,
            named: ["http://old.example/debian"], pool: ["http://old.example/debian", "http://new.example/debian"]),
        SourceLines(
            testDescription: "a release named by its age",
            lines: "deb http://m.example/debian oldstable main\ndeb http://m.example/debian testing main",
            named: [], pool: ["http://m.example/debian"],
            aliases: ["http://m.example/debian/dists/oldstable", "http://m.example/debian/dists/testing"]),
        SourceLines(
            testDescription: "a list of mirrors, by priority",
            lines: "deb mirror+file:LIST bookworm main",
            list: """
                # comment
                http://last.example/debian
                http://second.example/debian/\tpriority:2
                https://first.example/debian\tpriority:1 type:deb
                ftp://not.example/debian
                """,
            named: [
                "https://first.example/debian", "http://second.example/debian", "http://last.example/debian",
            ],
            pool: ["https://first.example/debian", "http://second.example/debian", "http://last.example/debian"]),
        SourceLines(
            testDescription: "other archives with suite names of Debian",
            lines: """
                deb [signed-by=/usr/share/keyrings/other.gpg] https://other.example/php bookworm main
                deb [signed-by=/usr/share/keyrings/chat.gpg] https://chat.example/debian bookworm main
                deb https://browser.example/linux/deb stable main
                deb https://engine.example/linux/debian bookworm stable
                deb https://unsigned.example/tor bookworm main
                deb \(ours) http://odd.example/d bookworm main
                """,
            named: ["http://odd.example/d", "https://unsigned.example/tor", "https://chat.example/debian"],
            pool: ["http://odd.example/d", "https://unsigned.example/tor", "https://chat.example/debian"]),
        SourceLines(
            testDescription: "Ubuntu",
            lines: """
                deb http://archive.example/ubuntu noble main universe
                deb http://archive.example/ubuntu noble-security main
                """,
            named: [], pool: []),
        SourceLines(
            testDescription: "unusable lines",
            lines: """
                deb cdrom:[Debian]/ bookworm main
                deb tor+http://m.example/debian trixie main
                deb mirror+https://m.example/list bookworm main
                deb mirror+file:/nonexistent/list bookworm main
                deb
                rubbish and more
                deb-src cdrom:[Debian]/ bookworm main
                deb cdrom:[Other]/ other main
                """,
            named: [], pool: [],
            ignored: [
                "1: only apt itself downloads by the method 'cdrom'",
                "2: only apt itself downloads by the method 'tor+http'",
                "3: only apt itself downloads by the method 'mirror+https'",
                "4: the list of mirrors '/nonexistent/list' cannot be read", "5: not in the form of sources.list(5)",
                "6: not in the form of sources.list(5)",
            ]),
    ]

    @Test(arguments: tables) func places(_ table: SourceLines) throws {
        try withTemporaryDirectory { directory in
            let list = directory.appending("mirrors")
            try Files.write(Array(table.list.utf8), to: list)
            let file = directory.appending("sources.list")
            try Files.write(Array(table.lines.replacing("LIST", with: list.string).utf8), to: file)
            let found = try MachineSources.read(etcApt: directory, codename: "bookworm")
            #expect(found.archives[0].addresses == table.named)
            #expect(found.candidates[0].addresses == table.pool)
            #expect(found.candidates[2].addresses == table.security)
            #expect(found.candidates[0].aliases == table.aliases)
            #expect(found.ignored.map(\.description) == table.ignored.map { "\(file):\($0)" })
        }
    }

    @Test("an empty mirror list, and a file that is not deb822")
    func unreadable() throws {
        try withTemporaryDirectory { directory in
            let list = directory.appending("mirrors")
            try Files.write(Array("# none\n".utf8), to: list)
            try Files.makeDirectories(directory.appending("sources.list.d"))
            let cloud = "Types: deb\nURIs: mirror+file://\(list)\nSuites: trixie\nComponents: main\n"
            let (one, two) = (FilePath("sources.list.d/a.sources"), FilePath("sources.list.d/b.sources"))
            try Files.write(Array(cloud.utf8), to: directory.pushing(one))
            try Files.write(Array("rubbish\n".utf8), to: directory.pushing(two))
            let found = try MachineSources.read(etcApt: directory, codename: "bookworm")
            #expect(
                found.ignored.map(\.description) == [
                    "\(directory.pushing(one)):1: the list of mirrors '\(list)' has none to download from",
                    "\(directory.pushing(two)): not in the form of sources.list(5)",
                ])
            try Files.write(Array("https://m.example/debian\n".utf8), to: list)
            let again = try MachineSources.read(etcApt: directory, codename: "bookworm")
            #expect(again.candidates[0].distributions == ["https://m.example/debian/dists/bookworm"])
        }
    }
}
