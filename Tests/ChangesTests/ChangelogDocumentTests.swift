// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Foundation
import Testing

@Suite struct ChangelogDocumentTests {
    static let notes = ReleaseNotes(entries: [
        .security: ["CVE-2031-1111: openssl 1-1 -> 1-2 (libssl3)"], .changed: ["tzdata 2031a -> 2031b"],
    ])

    static func release(
        _ version: String = "1.0.1", notes: ReleaseNotes = notes, taking: Bool = true, repository: String? = nil
    ) throws -> ChangelogRelease {
        ChangelogRelease(
            version: try SemanticVersion(version), date: "2031-11-25", notes: notes, takesUnreleased: taking,
            repository: repository)
    }

    static func released(_ text: String, _ release: ChangelogRelease) throws -> String {
        let document = try ChangelogDocument(parsing: Array(text.utf8), file: "CHANGELOG.md")
        #expect(document.bytes == Array(text.utf8))
        let after = try document.releasing(release)
        let bytes = after.bytes
        // The same release twice gives the same bytes, from the value and from the file.
        #expect(try after.releasing(release).bytes == bytes)
        #expect(try ChangelogDocument(parsing: bytes, file: "CHANGELOG.md").releasing(release).bytes == bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let old = """
        # Changelog

        Words,   kept  as they are.

        ## [Unreleased]

        ### Added

        - Something new,
          over two lines.

        ### Security

        - Something safer.

        ## [1.0.0] - 2031-01-01

        ### Added

        - Everything.

        """

    @Test func unreleasedBecomesTheRelease() throws {
        #expect(
            try Self.released(Self.old, Self.release()) == """
                # Changelog

                Words,   kept  as they are.

                ## [Unreleased]

                ## [1.0.1] - 2031-11-25

                ### Added

                - Something new,
                  over two lines.

                ### Security

                - Something safer.
                - CVE-2031-1111: openssl 1-1 -> 1-2 (libssl3)

                ### Changed

                - tzdata 2031a -> 2031b

                ## [1.0.0] - 2031-01-01

                ### Added

                - Everything.

                """)
    }

    /// A nightly release keeps unreleased entries in place.
    @Test func unreleasedStaysWhereItIs() throws {
        let text = try Self.released(Self.old, Self.release(taking: false))
        let section = """
            ## [1.0.1] - 2031-11-25

            ### Changed

            - tzdata 2031a -> 2031b

            ### Security

            - CVE-2031-1111: openssl 1-1 -> 1-2 (libssl3)


            """
        #expect(text == Self.old.replacing("## [1.0.0]", with: section + "## [1.0.0]"))
    }

    @Test func referencesAreMoved() throws {
        let address = "https://example.org/p"
        let references = "\n[Unreleased]: \(address)/compare/v1.0.0...HEAD\n[1.0.0]: \(address)/releases/tag/v1.0.0\n"
        let text = try Self.released(Self.old + references, Self.release(repository: address))
        #expect(
            text.hasSuffix(
                """
                - Everything.

                [Unreleased]: \(address)/compare/v1.0.1...HEAD
                [1.0.1]: \(address)/compare/v1.0.0...v1.0.1
                [1.0.0]: \(address)/releases/tag/v1.0.0

                """))
        let fresh = try Self.released(Self.old, Self.release(repository: address))
        #expect(fresh.contains("- Everything.\n\n[Unreleased]: \(address)/compare/v1.0.1...HEAD\n[1.0.1]: "))
        let first = try Self.released("# Changelog\n", Self.release("1.0.0", repository: address))
        #expect(first.hasSuffix("\n[1.0.0]: \(address)/releases/tag/v1.0.0\n"))
    }

    /// Handwritten files: each is parsed without loss, released, and released again.
    @Test(arguments: [
        "", "# Changelog", "## [Unreleased]", "## [Unreleased]\n", "## [Unreleased]\n### Added\n- x",
        "# C\r\n\r\n## [Unreleased]\r\n\r\n### Added\r\n\r\n- x\r\n\r\n## 0.9.0\r\n\r\n- y\r\n",
        "# C\n\n## 0.9.0 - 2031-01-01\n\n- old, without brackets\n", "# C\n```\n## [Unreleased]\n```\n",
        "## [unreleased]\n\n\n\n\n## [0.9.0] [YANKED]\n\n[0.9.0]: https://example.org\n",
        "## [Unreleased]\n\n[a]: https://example.org\n", "## [Unreleased]\n\nOnly words.\n",
    ])
    func oddFilesSurvive(_ text: String) throws {
        for taking in [true, false] {
            let after = try Self.released(text, Self.release(taking: taking, repository: "https://example.org/p"))
            #expect(after.contains("- CVE-2031-1111: openssl"))
            for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
                #expect(after.contains(line), "\(line) is gone")
            }
            let crlf = after.utf8.count { $0 == 13 }
            #expect(crlf == 0 || crlf == after.utf8.count { $0 == 10 })
            #expect(!after.contains("\n\n\n\n\n\n"))
        }
    }

    @Test func anotherReleaseOfTheSameVersionIsRefused() throws {
        let document = try ChangelogDocument(parsing: Array(Self.old.utf8), file: "F")
        let missing = "tzdata 2031a -> 2031b"
        #expect(throws: ChangesError.alreadyReleased(SemanticVersion(1, 0, 0), file: "F", missing: missing)) {
            try document.releasing(Self.release("1.0.0"))
        }
    }

    @Test func entriesAreRead() throws {
        let text = "## [Unreleased]\n### Changed\n- **Breaking:** a\n  b\n* c\n### Odd words\n- d\n"
        let entries = try ChangelogDocument(parsing: Array(text.utf8), file: "F").unreleased
        #expect(entries.map(\.text) == ["**Breaking:** a b", "c", "d"])
        #expect(entries.map(\.isBreaking) == [true, false, false])
        #expect(entries.map(\.category) == [.changed, .changed, nil])
    }

    @Test func twoSectionsOfOneNameAreRefused() {
        #expect(throws: ChangesError.twice("1.0.0", file: "F", line: 3)) {
            try ChangelogDocument(parsing: Array("## [1.0.0]\n\n## 1.0.0 - x\n".utf8), file: "F")
        }
        #expect(throws: ChangesError.unreadable(file: "F")) { try ChangelogDocument(parsing: [0xFF], file: "F") }
    }

    @Test func longLinesAreWrapped() {
        let word = String(repeating: "w", count: 50)
        let notes = ReleaseNotes(entries: [.fixed: ["\(word) \(word) \(word)", String(repeating: "x", count: 200)]])
        let lines = notes.markdown.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(
            lines == ["### Fixed", "", "- \(word) \(word)", "  \(word)", "- \(String(repeating: "x", count: 200))", ""])
    }

    /// The project's own files.
    @Test func oursAreEdited() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let changelog = String(decoding: try Data(contentsOf: root.appending(path: "CHANGELOG.md")), as: UTF8.self)
        #expect(try Self.released(changelog, Self.release("9.9.9")).contains("## [9.9.9] - 2031-11-25\n"))
        let policy = Array(try Data(contentsOf: root.appending(path: "SECURITY.md")))
        let versions = try SupportTable(parsing: policy, file: "SECURITY.md")
        #expect(versions.line == "1.0.x")
        #expect(versions.supporting(SemanticVersion(1, 0, 7)) == policy)
        let text = String(decoding: policy, as: UTF8.self)
        let next = text.replacing("| 1.0.x | yes |", with: "| 1.1.x | yes |")
        #expect(String(decoding: versions.supporting(SemanticVersion(1, 1, 0)), as: UTF8.self) == next)
    }

    @Test(arguments: [
        "", "<!-- claim: C01 -->\n", "<!-- claim: C01 -->\n| a | b |\n|---|---|\n",
        "<!-- claim: C01 -->\n<!-- claim: C02 -->\n| a | b |\n|---|---|\n| 1.0.x | yes |\n",
        "<!-- claim: C01 -->\n| a | b | c |\n|---|---|---|\n| 1.0.x | yes | |\n",
        "<!-- claim: C01 -->\n| a | b |\n|---|---|\n| 1.0.x | yes |\n<!-- claim: C01 -->\n",
    ])
    func tablesThatAreNotThereAreMissed(_ text: String) {
        #expect(throws: ChangesError.noTable(file: "F")) {
            try SupportTable(parsing: Array(text.utf8), file: "F")
        }
    }
}
