// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import Testing
import Verify

@Suite struct HTMLTests {
    static let hostile = "\"><script>alert('x')</script><img src=x onerror=y>&\u{202E}\u{0}"

    /// A report in which all text from the image, the probe and the machine is hostile.
    static func report(_ text: String = hostile) throws -> VerifyReport {
        let composition = ImageComposition(
            name: text, platform: text, created: text,
            layers: [
                .init(digest: Digest(of: [3]), size: .max, origin: text),
                .init(digest: Digest(of: [4]), size: 1, origin: ""),
            ],
            labels: [text: text])
        return Judge.judge(
            results: [
                ProbeResult(.mount(.list), .agent, .value(text)), ProbeResult(.mount(.bind), .root, Outcome(text)),
            ],
            catalogue: ExpectationCatalogue(expectations: [Expectation(.mount(.list), .agent, .onlyItems([text]))]),
            claims: [
                Claim(id: "C01", title: text, proof: .probe, probes: [.mount(.list)], unknownProbes: [text])
            ],
            about: ReportSubject(
                image: Digest(of: [1]), profile: Digest(of: [2]), engine: [text: text], composition: composition))
    }

    static func page(_ report: VerifyReport) -> String { String(decoding: report.html(), as: UTF8.self) }

    @Test func nothingSaidBecomesMarkup() throws {
        let page = Self.page(try Self.report())
        #expect(!page.contains("<script"))
        #expect(!page.contains("<img"))
        #expect(!page.unicodeScalars.contains("\u{202E}"))
        #expect(
            page.contains(
                "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&lt;img src=x onerror=y&gt;&amp;\u{FFFD}\u{FFFD}"))
        // As many tags as with sanitized text.
        let tags = { (text: String) in text.count { $0 == "<" } }
        #expect(tags(page) == tags(Self.page(try Self.report("harmless"))))
    }

    @Test func nothingIsLoaded() throws {
        let page = Self.page(try Self.report("harmless"))
        for reference in ["src=", "href=", "url(", "@import", "http://", "https://", "<link", "<script"] {
            #expect(!page.contains(reference), "\(reference)")
        }
    }

    @Test func whatIsWrongIsOpenAndSaid() throws {
        let page = Self.page(try ReportTests.report())
        #expect(page.contains("<h1>1 claim does not hold</h1>"))
        #expect(page.contains("<details class=\"card\" open>"))
        #expect(page.contains("errno:EPERM"))
        #expect(page.contains(JudgeTests.subject.image.description))
        #expect(page.contains(JudgeTests.subject.profile.description))
    }

    @Test func sameResultsGiveTheSameBytes() throws { #expect(try Self.report().html() == Self.report().html()) }
}
