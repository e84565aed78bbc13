// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Debian
import Lockfile
import Testing

@Suite struct ReleasePageTests {
    private static let hostile = "\"><script>alert('x')</script><img src=x onerror=y>&\u{202E}\u{0}"

    /// A page in which all external text is `text`.
    private static func page(_ text: String) async throws -> ReleasePage {
        let fixture = try Fixture()
        let log = "a-a (2) x; urgency=low\\n\\n  * Fix CVE-2031-1111 <script> \\\"x\\n"
        let new = try fixture.package(
            "a-a", "2", documents: "mkdir a-a; printf \"\(log)\" | gzip > a-a/changelog.Debian.gz")
        let report = try await ChangeAnalyst(files: fixture)
            .report(from: Fixture.lock([try Fixture.locked("a-a", "1")]), to: Fixture.lock([new]))
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

    @Test(
        "an entry begins with the update, followed by the fixed vulnerabilities",
        arguments: [
            ("CVE-2031-1111, CVE-2031-2222: a 1 -> 2", "a 1 \u{2192} 2", "2 CVEs"),
            ("Possibly CVE-2031-1111: a 1 -> 2", "a 1 \u{2192} 2", "possibly 1 CVE"),
            ("Without a CVE so far: a 1 -> 2", "Without a CVE so far: a 1 \u{2192} 2", nil),
            ("CVE-2031-1111 and more: a", "CVE-2031-1111 and more: a", nil),
            ("CVE-2031-1111: ", "CVE-2031-1111: ", nil),
        ] as [(String, String, String?)])
    func noteLine(_ entry: String, _ title: String, _ count: String?) {
        let line = NoteLine(entry).html.markup
        #expect(line.contains("<span class=\"title\">\(title)</span>"), "\(line)")
        #expect(count.map { line.contains(">\($0)</span>") } ?? !line.contains("pill"), "\(line)")
    }

    @Test("Bars are to scale: the longest has full width, the whole is the sum")
    func bars() async throws {
        let page = try await Self.page("plain")
        let layers = [1, 3].map { ReleasePage.Layer(name: "l", bytes: $0, text: "\($0) B", isFetched: $0 == 3) }
        let text = Self.text(
            ReleasePage(
                title: "t", date: "d", report: page.report, notes: page.notes, layers: layers, pull: "p", claims: [],
                packages: [], platform: "x"))
        let widths = text.matches(of: /width:([0-9.]+)%"><\/i>/).map { String($0.1) }
        #expect(widths == ["25.00", "75.00", "33.33", "100.00"])
    }

    @Test func samePartsGiveTheSameBytes() async throws {
        let page = try await Self.page("plain")
        #expect(page.html() == page.html())
    }
}
