// SPDX-License-Identifier: Apache-2.0

import Claims
import Foundation
import Testing
import Verify

@Suite struct ReportTests {
    static func report() throws -> VerifyReport {
        Judge.judge(
            results: [
                ProbeResult(.mount(.bind), .agent, "errno:EPERM"), ProbeResult(.mount(.tmpfs), .root, "ok"),
                ProbeResult(.network(.dns), .host, "skipped:no network"),
                ProbeResult(.identity(.lsm), .host, "value:6.1"),
            ],
            catalogue: ExpectationCatalogue(expectations: [
                Expectation(.mount(.bind), .agent, .oneOf(["errno:EPERM"])),
                Expectation(.mount(.tmpfs), .root, .oneOf(["errno:EPERM"])),
                Expectation(.network(.dns), .host, .oneOf(["ok"])), Expectation(.identity(.lsm), .host, .fact),
            ]),
            claims: [
                Claim(id: "C01", title: "one", proof: .probe, probes: [.mount(.bind), .mount(.tmpfs)]),
                Claim(id: "C02", title: "two", proof: .probe, probes: [.network(.dns)]),
                Claim(id: "C03", title: "three", proof: .policy, probes: [], tests: ["A.b", "A.c"]),
            ], about: JudgeTests.subject)
    }

    @Test func documentIsAsDescribed() throws {
        let bytes = try Self.report().json()
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasSuffix("}\n"))
        let document = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect(
            document.keys.sorted() == ["claims", "counts", "engine", "image", "others", "passed", "profile", "schema"])
        #expect(document["schema"] as? String == "opencode-docker.verify/1")
        #expect(document["passed"] as? Bool == false)
        #expect(document["counts"] as? [String: Int] == ["green": 1, "red": 1, "skipped": 1, "fact": 1])
        let claims = try #require(document["claims"] as? [[String: Any]])
        #expect(claims.map { $0["status"] as? String } == ["red", "skipped", "stated"])
        #expect(text.contains("\"actual\" : \"errno:EPERM\""))
    }

    @Test("docs/schemas/verify.schema.json has every key and every status")
    func schemaIsOfThisForm() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let text = try Data(contentsOf: root.appending(path: "docs/schemas/verify.schema.json"))
        let schema = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        let properties = try #require(schema["properties"] as? [String: [String: Any]])
        let document = try JSONSerialization.jsonObject(with: Data(Self.report().json())) as? [String: Any]
        #expect(Set(document?.keys ?? [:].keys) == Set(schema["required"] as? [String] ?? []))
        #expect(Set(properties.keys) == Set(document?.keys ?? [:].keys).union(["composition"]))
        let claim = try #require(properties["claims"]?["items"] as? [String: Any])
        let status = (claim["properties"] as? [String: [String: Any]])?["status"]?["enum"] as? [String]
        #expect(Set(status ?? []) == Set(ClaimStatus.allCases.map(\.rawValue)))
    }

    @Test func rowsNameWhatIsWrong() throws {
        let report = try Self.report()
        #expect(report.rows.map(\.evidence) == ["1 green, 1 red", "1 skipped", "2 tests of the program"])
        #expect(
            report.rows.map(\.remarks) == [
                ["mnt.tmpfs as root: expected errno:EPERM, got ok"], ["net.dns as host: skipped: no network"], [],
            ])
        #expect(report.summary == "3 claims: 0 green, 1 red, 1 skipped, 1 stated")
    }

    @Test func sameResultsGiveTheSameBytes() throws { #expect(try Self.report().json() == Self.report().json()) }
}
