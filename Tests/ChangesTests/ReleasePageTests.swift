// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Debian
import Lockfile
import Testing

@Suite struct ReleasePageTests {
    private static let hostile = "\"><script>alert('x')</script><img src=x onerror=y>&\u{202E}\u{0}"

    /// A page in which everything that comes from outside says `text`.
    private static func page(_ text: String) async throws -> ReleasePage {
        let workshop = try Workshop()
        let log = "a-a (2) x; urgency=low\\n\\n  * Fix CVE-2031-1111 <script> \\\"x\\n"
        let new = try workshop.package(
            "a-a", "2", documents: "mkdir a-a; printf \"\(log)\" | gzip > a-a/changelog.Debian.gz")
        let report = try await ChangeAnalyst(files: workshop)
            .report(from: Workshop.lock([try Workshop.locked("a-a", "1")]), to: Workshop.lock([new]))
        return ReleasePage(
            title: text, date: text, report: report, notes: ReleaseNotes(entries: [.security: [text]]),
            layers: [
                .init(name: text, bytes: .max, text: text, isFetched: true),
                .init(name: "b", bytes: 0, text: "0 B", isFetched: false),
            ], pull: text, claims: [.init(id: text, title: text, verdict: text)], packages: [new], platform: text)
    }

    private static func text(_ page: ReleasePage) -> String { String(decoding: page.html(), as: UTF8.self) }

    @Test func nothingSaidBecomesMarkupAndNothingIsLoaded() async throws {
        let page = Self.text(try await Self.page(Self.hostile))
        #expect(!page.contains("<script") && !page.contains("<img"))
        #expect(!page.unicodeScalars.contains("\u{202E}"))
        let plain = Self.text(try await Self.page("plain"))
        #expect(page.count { $0 == "<" } == plain.count { $0 == "<" })
        for reference in ["src=", "href=", "url(", "@import", "http://", "https://", "<link"] {
            #expect(!plain.contains(reference), "\(reference)")
        }
        #expect(plain.contains("<code>CVE-2031-1111</code>"))
        #expect(plain.contains("changelog of 2: Fix CVE-2031-1111 &lt;script&gt;"))
    }

    @Test func samePartsGiveTheSameBytes() async throws {
        let page = try await Self.page("plain")
        #expect(page.html() == page.html())
    }
}
