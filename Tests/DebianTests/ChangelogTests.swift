// SPDX-License-Identifier: Apache-2.0

import Debian
import Testing

@Suite struct ChangelogTests {
    private static let text = """
        one (1:2.0-1+b3) bookworm; urgency=LOW, binary-only=yes

          * Rebuild.

         -- M <m@example.org>  Thu, 07 May 2026 20:33:02 +0000

        one (1:2.0-1) unstable experimental; urgency=medium
          * A line without an empty one before it.
        \tand one that begins with a tab
        at the margin, though it should not
         -- M <m@example.org>  Thu, 07 May 2026 20:33:02 +0000

        Two (0.9) unstable; urgency=high (for a reason), closes=1

          * Under another name.
        """

    @Test func entriesAreRead() throws {
        let log = try DebianChangelog(parsing: Array(Self.text.utf8), file: "F")
        #expect(log.entries.map(\.version.text) == ["1:2.0-1+b3", "1:2.0-1", "0.9"])
        #expect(log.entries.map(\.source.text) == ["one", "one", "two"])
        #expect(log.entries.map(\.urgency) == ["low", "medium", "high"])
        #expect(log.entries.map(\.isBinaryOnly) == [true, false, false])
        #expect(log.entries[1].distributions == ["unstable", "experimental"])
        #expect(log.entries[1].lines.count == 3)
        #expect(!log.isTrimmed)
        #expect(log.index(of: try DebianVersion("1:2.00-1")) == 1)
        #expect(log.index(of: try DebianVersion("2.0-1")) == nil)
    }

    @Test(arguments: ["", "\n\n", "GIF89a", "words (1) ; urgency=low", "one (not a version) unstable; urgency=low"])
    func otherFilesAreRefused(_ text: String) {
        #expect {
            try DebianChangelog(parsing: Array(text.utf8), file: "F")
        } throws: { if case .malformedControl("F", 1, _) = $0 as? DebianError { true } else { false } }
    }

    @Test func whatWasCutOffIsKnown() throws {
        let cut = try DebianChangelog(
            parsing: Array("a-a (1) x; urgency=low\n# Older entries have been removed from this changelog.\n".utf8),
            file: "F")
        #expect(cut.isTrimmed)
        let odd = try DebianChangelog(
            parsing: Array("a-a (1) x; urgency=low\n\na-a (no version) x; urgency=low\n".utf8), file: "F")
        #expect(odd.isTrimmed && odd.entries.count == 1)
    }

    @Test func boundsHold() {
        let bytes = [UInt8](repeating: 32, count: DebianChangelog.limit + 1)
        #expect(throws: DebianError.tooLarge(file: "F", limit: DebianChangelog.limit)) {
            try DebianChangelog(parsing: bytes, file: "F")
        }
    }
}
