// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Testing

@Suite struct GrammarTests {
    @Test(arguments: ["a", "A1", "-x", "x_y", "", "ü1", "a b"])
    func badNames(_ text: String) { #expect(throws: DebianError.malformedName(text)) { try PackageName(text) } }

    @Test(arguments: ["g++", "libc6", "0ad", "libstdc++-12-dev", "a.b"])
    func goodNames(_ text: String) throws { #expect(try PackageName(text).text == text) }

    @Test func fieldsFoldAndContinue() throws {
        let text = "Package: x\nDescription: short\n long one\n .\n end\n# a remark\nTag: a,\n b\n\n\nPackage: y\n"
        let paragraphs = try ControlParagraph.parse(Array(text.utf8), file: "control")
        #expect(paragraphs.count == 2)
        #expect(paragraphs[0]["description"] == "short\nlong one\n.\nend")
        #expect(paragraphs[0]["TAG"] == "a,\nb")
        #expect(paragraphs[1].line == 11)
    }

    @Test(arguments: [
        (" x\n", 1), ("A: b\nnothing\n", 2), ("A: b\na: c\n", 2), (": b\n", 1), ("-A: b\n", 1),
    ])
    func badControl(_ text: String, _ line: Int) {
        let error = #expect(throws: DebianError.self) { try ControlParagraph.parse(Array(text.utf8), file: "f") }
        #expect(error?.sentence.hasPrefix("f, line \(line): ") == true)
    }

    @Test(arguments: [
        ("a, b | c (>= 1.0)", "a, b | c (>= 1.0)"), ("foo(>=1),bar(<<2:3-4)", "foo (>= 1), bar (<< 2:3-4)"),
        ("python3:any (>= 3.11~)", "python3:any (>= 3.11~)"),
        ("x [amd64 arm64], y [!arm64]", "x [amd64 arm64], y [!arm64]"),
        ("a (< 1), b (> 2)", "a (<= 1), b (>= 2)"), ("a,", "a"), ("  a\n ,b  ", "a, b"), ("", ""),
    ])
    func dependencies(_ text: String, _ expected: String) throws {
        let groups = try Dependency.parseList(text)
        #expect(groups.map { $0.map(\.description).joined(separator: " | ") }.joined(separator: ", ") == expected)
    }

    @Test(arguments: ["a b", "a (>= )", "a (1", "(>= 1)", "a | ", "a [x", ",a", "a,,b", "a [b\n\u{301}]"])
    func badDependencies(_ text: String) {
        #expect(throws: DebianError.self) { try Dependency.parseList(text) }
    }

    @Test func architectureListsAreKept() throws {
        let groups = try Dependency.parseList("x [amd64], y [!amd64 !i386], z")
        #expect(groups.map { $0[0].architectures } == [["amd64"], ["!amd64", "!i386"], []])
    }

    @Test(arguments: [
        ("Sat, 11 Jul 2026 10:16:37 UTC", "2026-07-11T10:16:37Z", Int64(1_783_764_997)),
        ("Thu, 01 Jan 1970 00:00:00 UTC", "1970-01-01T00:00:00Z", 0),
        ("Thu, 29 Feb 2024 23:59:59 GMT", "2024-02-29T23:59:59Z", 1_709_251_199),
    ])
    func times(_ release: String, _ text: String, _ seconds: Int64) throws {
        let time = try #require(Timestamp(release: release))
        #expect(time.seconds == seconds)
        #expect(time.description == text)
        #expect(Timestamp(rfc3339: text) == time)
    }

    @Test(arguments: ["2026-07-11", "2026-02-30T00:00:00Z", "2026-07-11T10:16:37+01:00", "2026-07-11T24:00:00Z", ""])
    func badTimes(_ text: String) { #expect(Timestamp(rfc3339: text) == nil) }
}
