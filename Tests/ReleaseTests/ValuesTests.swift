// SPDX-License-Identifier: Apache-2.0

import Core
import Release
import Testing

/// Untrusted input becomes a value, or is refused.
@Suite struct ValuesTests {
    private static let hash = String(repeating: "0af9", count: 10)

    @Test(
        "the id of a git object",
        arguments: [
            (hash, true), (hash + hash.prefix(24), true), (hash + "0", false), (hash.uppercased(), false), ("", false),
            ("g" + hash.dropFirst(), false),
        ])
    func gitObject(_ text: String, _ isOne: Bool) {
        #expect(GitObject(text)?.description == (isOne ? text : nil))
    }

    @Test(
        "the tag of a release",
        arguments: [
            ("v1.2.3", "1.2.3"), ("v0.0.0", "0.0.0"), ("1.2.3", nil), ("v1.2", nil), ("v1.2.3-rc1", nil),
            ("v01.2.3", nil), ("v1.2.3.4", nil), ("version", nil),
        ] as [(String, String?)])
    func gitTag(_ name: String, _ version: String?) {
        #expect(SemanticVersion(gitTag: name)?.description == version)
        if version != nil { #expect(SemanticVersion(gitTag: name)?.gitTag == name) }
    }

    @Test("an image has the tag of its version first, which never moves; no tag is one of an image of the other kind")
    func imageTags() {
        let version = SemanticVersion(1, 20, 3)
        #expect(ImageKind.full.tags(of: version) == ["1.20.3", "1.20", "1", "latest"])
        #expect(ImageKind.base.tags(of: version) == ["1.20.3-base", "1.20-base", "1-base", "latest-base"])
    }

    @Test(
        "an author that git objects cannot contain",
        arguments: [("", "a@b"), ("A", ""), ("A<", "a@b"), ("A", "a@b>"), ("A\nB", "a@b"), ("A", "a\0b")])
    func author(_ name: String, _ mail: String) {
        #expect(throws: ReleaseError.author("\(name) <\(mail)>")) {
            try GitSignature(name: name, mail: mail, date: 0)
        }
    }

    private static let records = [
        "", "[]", "{}", "{\"format\":\"opencode-docker.release/1\"}",
        "{\"format\":\"opencode-docker.release/2\",\"version\":\"1.0.0\"}", String(repeating: "[", count: 100_000),
    ]

    @Test("an invalid release.json", arguments: records)
    func record(_ text: String) {
        #expect(throws: ReleaseError.record("v1.0.0")) { try ReleaseRecord(parsing: Array(text.utf8), of: "v1.0.0") }
    }

    private static let complaint = "fatal: first line.\nsecond line"
    private static let errors: [ReleaseError] = [
        .git(["push"], complaint: complaint), .unreachable("origin", complaint: ""),
        .dirty(["a", "b", "c", "d", "e", "f"]),
        .overtaken("origin", "main", complaint: complaint), .readOnly("r/i", complaint: complaint), .noKey,
        .weaker(["x"], claims: ["C08", "C23"]), .noTrust("trust.json"), .red(["C08"]), .running, .shallow,
        .otherKind(SemanticVersion(1, 0, 0), .base), .programVersion("Sources/A.swift"),
    ]

    @Test("an error is one sentence on one line, with a hint on another", arguments: errors)
    func sentences(_ error: ReleaseError) {
        #expect(error.sentence.hasSuffix(".") && !error.sentence.hasSuffix("..") && !error.sentence.contains("\n"))
        #expect(error.hint.map { $0.hasSuffix(".") && !$0.contains("\n") } ?? true)
    }
}
