// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import TestSupport
import Testing

@Suite struct PlatformTests {
    static let known: [(String, String)] = [
        ("linux/amd64", "linux/amd64"), ("linux/arm64", "linux/arm64"), ("linux/arm64/v8", "linux/arm64"),
        ("linux/amd64/v1", "linux/amd64"), ("linux/amd64/v3", "linux/amd64/v3"), ("linux/arm64/v9", "linux/arm64/v9"),
    ]

    @Test(arguments: known) func reads(_ text: String, _ written: String) throws {
        #expect(try Platform(text).description == written)
    }

    @Test(arguments: [
        "", "linux", "linux/", "linux/386", "windows/amd64", "Linux/amd64", "linux/amd64/", "linux/amd64/v1/x",
        "linux/amd64/v", "linux/amd64/x3", "linux/amd64/v1234", " linux/amd64", "linux/amd64\u{301}",
    ]) func refuses(_ text: String) {
        #expect(throws: OCIError.unknownPlatform(text)) { try Platform(text) }
    }
}

@Suite struct ImageReferenceTests {
    static let digest = "sha256:" + String(repeating: "ab", count: 32)

    /// The text; registry, repository, tag; the familiar and the normalized form.
    static let valid: [(String, String?, String, String?, String, String)] = [
        ("a", nil, "a", nil, "a", "docker.io/library/a"),
        ("a/b:1.0", nil, "a/b", "1.0", "a/b:1.0", "docker.io/a/b:1.0"),
        (
            "docker.io/library/debian:12", "docker.io", "library/debian", "12", "debian:12",
            "docker.io/library/debian:12"
        ),
        ("docker.io/team/x", "docker.io", "team/x", nil, "team/x", "docker.io/team/x"),
        ("localhost/a", "localhost", "a", nil, "localhost/a", "localhost/a"),
        ("localhost:5000/a/b:t", "localhost:5000", "a/b", "t", "localhost:5000/a/b:t", "localhost:5000/a/b:t"),
        (
            "example.org/a_b/c__d/e-f--g.h", "example.org", "a_b/c__d/e-f--g.h", nil, "example.org/a_b/c__d/e-f--g.h",
            "example.org/a_b/c__d/e-f--g.h"
        ),
        ("[::1]:5000/a:_T", "[::1]:5000", "a", "_T", "[::1]:5000/a:_T", "[::1]:5000/a:_T"),
        ("REGISTRY/a", "REGISTRY", "a", nil, "REGISTRY/a", "REGISTRY/a"),
        ("127.0.0.1/a", "127.0.0.1", "a", nil, "127.0.0.1/a", "127.0.0.1/a"),
        ("library/library", nil, "library/library", nil, "library", "docker.io/library/library"),
    ]

    @Test(arguments: valid) func reads(
        _ text: String, _ registry: String?, _ repository: String, _ tag: String?, _ familiar: String, _ full: String
    ) throws {
        let plain = try ImageReference(text)
        #expect(plain.description == text)
        #expect((plain.registry, plain.repository, plain.tag) == (registry, repository, tag))
        #expect(plain.digest == nil && plain.familiar == familiar && plain.normalized == full)
        let pinned = try ImageReference("\(text)@\(Self.digest)")
        #expect(try pinned.digest == Digest(Self.digest) && pinned.familiar == "\(familiar)@\(Self.digest)")
        #expect(try ImageReference(registry: registry, repository: repository, tag: tag) == plain)
    }

    static let invalid: [(String, ReferenceProblem)] = [
        ("", .repository), ("/", .repository), ("a/", .repository), ("/a", .repository), ("a//b", .repository),
        ("A", .repository), ("a/B", .repository), ("-a", .repository), ("a-", .repository), ("a..b", .repository),
        ("a___b", .repository), ("a._b", .repository), ("a b", .repository), ("é", .repository),
        ("a\u{301}", .repository),
        ("a\n", .repository), ("example.org/", .repository), ("a\0b", .repository), ("a/..", .repository),
        ("a:", .tag), ("a:.x", .tag), ("a:-x", .tag), ("a:b c", .tag),
        ("a:\(String(repeating: "x", count: 129))", .tag),
        ("a@", .digest), ("a@sha256:ab", .digest), ("a@md5:\(String(repeating: "a", count: 32))", .digest),
        ("a@\(digest)@\(digest)", .digest), ("a@\(digest.uppercased())", .digest), ("@\(digest)", .repository),
        ("ex..org/a", .registry), ("-x.org/a", .registry), ("x.org:/a", .registry), ("x.org:port/a", .registry),
        ("x.org:123456/a", .registry), ("[::1/a", .registry), ("[]/a", .registry), ("[x]/a", .registry),
        ("https://example.org/a", .registry), (String(repeating: "a", count: 256), .tooLong),
        (String(repeating: "a", count: 2000), .tooLong), ("user:pw@example.org/a", .digest),
    ]

    @Test(arguments: invalid) func refuses(_ text: String, _ problem: ReferenceProblem) {
        #expect(throws: OCIError.invalidReference(String(text.prefix(300)), problem)) { try ImageReference(text) }
    }

    @Test func partsMayNotMoveBetweenFields() {
        #expect(throws: OCIError.self) { try ImageReference(registry: "team", repository: "a") }
        #expect(throws: OCIError.self) { try ImageReference(repository: "example.org/a") }
        #expect(throws: OCIError.self) { try ImageReference(repository: "a:1") }
    }
}

@Suite struct DocumentValueTests {
    @Test func configurationRoundTrips() throws {
        let scratch = try Scratch()
        let image = try Samples.image(scratch.store, .arm64)
        #expect(try Image.load(image.digest, from: scratch.store) == image)
        #expect(image.platform == .arm64)
        #expect(image.configuration.config == Samples.configuration().config)
    }

    static let dates: [(String, Bool)] = [
        ("2025-01-31T12:00:00Z", true), ("2024-02-29T23:59:60.123456789+14:00", true),
        ("2025-01-31T12:00:00-00:30", true),
        ("2025-02-29T00:00:00Z", false), ("2025-00-01T00:00:00Z", false), ("2025-04-31T00:00:00Z", false),
        ("2025-01-31 12:00:00Z", false), ("2025-01-31T24:00:00Z", false), ("2025-01-31T12:60:00Z", false),
        ("2025-01-31T12:00:00", false), ("2025-01-31T12:00:00.Z", false), ("2025-01-31T12:00:00+24:00", false),
        ("2025-01-31T12:00:00ZZ", false), ("", false), ("２025-01-31T12:00:00Z", false),
    ]

    @Test(arguments: dates) func datesAreChecked(_ text: String, _ valid: Bool) throws {
        let scratch = try Scratch()
        let configuration = ImageConfiguration(created: text, platform: .amd64)
        if valid {
            _ = try Image.compose(layers: [], configuration: configuration, into: scratch.store)
        } else {
            #expect(throws: OCIError.invalidDate(text)) {
                try Image.compose(layers: [], configuration: configuration, into: scratch.store)
            }
        }
    }
}
