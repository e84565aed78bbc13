// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage
import Testing
import Verify
import Yams

/// SECURITY.md, the list of claims, the catalogue and the probe speak of the same things, or a promise is empty.
@Suite struct TieTests {
    @Test func everyClaimIsInSecurityPolicyOnce() throws {
        let text = try Repository.text("SECURITY.md")
        let marks = text.matches(of: /<!-- claim: (C[0-9]{2}) -->/).map { String($0.1) }
        #expect(marks.sorted() == (try Repository.claims()).map(\.id))
    }

    @Test func claimsAreNumberedWithoutAGap() throws {
        let numbered = (1...26).map { $0 < 10 ? "C0\($0)" : "C\($0)" }
        #expect((try Repository.claims()).map(\.id) == numbered)
    }

    @Test func everyProbeOfAClaimExpectsSomething() throws {
        let named = Set(try Repository.claims().flatMap(\.probes))
        #expect(named.subtracting(Recorded.catalogue.evidence).sorted() == [])
    }

    @Test func everyExpectationCarriesAClaim() throws {
        let named = Set(try Repository.claims().flatMap(\.probes))
        #expect(Recorded.catalogue.evidence.subtracting(named).sorted() == [])
    }

    @Test func noProbeIsNamedTwiceInAClaim() throws {
        for claim in try Repository.claims() { #expect(Set(claim.probes).count == claim.probes.count, "\(claim.id)") }
    }

    /// The ids as the probe's sources have them: a name that is there is expected, one that is expected is there.
    @Test func probeAndCatalogueNameTheSame() throws {
        let catalogue = Recorded.catalogue.expectations
        let inside = Set(catalogue.filter { $0.vantage != .host }.map(\.probe)).filter { !$0.hasPrefix("sudo.") }
        #expect(
            Set(Recorded.baseline.map(\.probe).filter { !$0.hasPrefix("sudo.") })
                .intersection(inside) == inside)
        let observed = Set(Recorded.baseline.filter { $0.vantage != .host }.map(\.probe))
        #expect(observed.subtracting(Recorded.catalogue.probes).sorted() == [])
    }

    @Test func everyPlaceIsExpectedOnce() {
        let places = Recorded.catalogue.expectations.map { "\($0.probe) \($0.vantage)" }
        #expect(Set(places).count == places.count)
    }
}

/// Files of the repository that this test file lies in.
enum Repository {
    static let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()

    static func text(_ path: FilePath) throws -> String {
        String(decoding: try Files.read(root.pushing(path), limit: 1 << 20), as: UTF8.self)
    }

    static func claims() throws -> [Claim] {
        struct Document: Decodable { var claims: [Claim]? }
        for path in ["image/hardening.yaml", "image/claims.part.yaml"] as [FilePath] {
            guard let text = try? text(path) else { continue }
            let claims = try YAMLDecoder().decode(Document.self, from: text).claims ?? []
            if !claims.isEmpty { return claims }
        }
        return []
    }
}
