// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import Testing

extension EndToEnd {
    /// `verify`, on the image as it is and under a weakened profile.
    @Suite(.serialized)
    struct VerifyTests {
        static let proven = ["C02", "C03", "C07", "C08", "C09", "C10", "C11", "C14", "C15", "C16", "C17", "C18"]

        @Test("every claim that can be proven holds")
        func green() async throws {
            let image = try await Bench.shared.image()
            let ending = try await Bench.run(["verify", "--base", "--format", "json"], store: image.store)
            #expect(ending.status == 0, "\(ending.error)")
            let report = try Report(ending.output)
            #expect(report.schema == "opencode-docker.verify/1")
            #expect(report.passed)
            #expect(report.image == image.digest)
            #expect(report.counts["red"] == 0)
            for claim in Self.proven { #expect(report.status(of: claim) == "green", "\(claim)") }
        }

        @Test("one capability more turns C08 red")
        func weakened() async throws {
            let image = try await Bench.shared.image()
            let folder = try await Bench.definition(
                "weakened", "hardening.yaml",
                "s/\\[CHOWN, FOWNER, SETGID, SETUID\\]/[CHOWN, FOWNER, NET_RAW, SETGID, SETUID]/")
            let ending = try await Bench.run(
                ["verify", "--base", "--offline", "--format", "json", "--image-dir", folder.string], store: image.store)
            #expect(ending.status == 1, "\(ending.error)")
            let report = try Report(ending.output)
            #expect(!report.passed)
            #expect(report.status(of: "C08") == "red")
            #expect(report.status(of: "C15") == "green")
        }
    }
}

/// What `verify --format json` prints, as far as a program would read it.
private struct Report: Decodable {
    struct Claim: Decodable { let id, status: String }
    let schema, image: String
    let passed: Bool
    let counts: [String: Int]
    let claims: [Claim]

    init(_ text: String) throws { self = try JSONDecoder().decode(Report.self, from: Data(text.utf8)) }

    func status(of claim: String) -> String? { claims.first { $0.id == claim }?.status }
}
