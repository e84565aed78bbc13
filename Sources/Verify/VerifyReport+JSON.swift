// SPDX-License-Identifier: Apache-2.0

import Claims
import Foundation

extension VerifyReport {
    /// The name and version of the document's schema.
    package static let schema = "opencode-docker.verify/1"

    /// The report as a JSON document: sorted keys, two spaces of indentation, a newline at the end.
    ///
    /// `{schema, passed, image, profile, engine, composition?: {name, platform, created, layers, labels}, counts:
    /// {green, red, skipped, fact}, claims: [{id, title, proof, status, tests, findings: [{probe, vantage, expected,
    /// actual, verdict}]}], others: [finding]}`
    ///
    /// - Throws: Errors of the encoder, which do not occur with strings.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try Array(encoder.encode(Document(self))) + [UInt8(ascii: "\n")]
    }

    private struct Document: Encodable {
        let schema = VerifyReport.schema
        let passed: Bool
        let image: String
        let profile: String
        let engine: [String: String]
        let composition: ImageComposition?
        let counts: [String: Int]
        let claims: [Entry]
        let others: [Finding]

        init(_ report: VerifyReport) {
            passed = report.passed
            image = report.subject.image.description
            profile = report.subject.profile.description
            engine = report.subject.engine
            composition = report.subject.composition
            counts = Dictionary(uniqueKeysWithValues: Verdict.allCases.map { ($0.rawValue, report.count($0)) })
            claims = report.claims.map(Entry.init)
            others = report.others
        }
    }

    private struct Entry: Encodable {
        let id: String
        let title: String
        let proof: Claim.Proof
        let status: ClaimStatus
        let tests: [String]
        let findings: [Finding]

        init(_ verdict: ClaimVerdict) {
            id = verdict.claim.id
            title = verdict.claim.title
            proof = verdict.claim.proof
            status = verdict.status
            tests = verdict.claim.tests
            findings = verdict.findings
        }
    }
}
