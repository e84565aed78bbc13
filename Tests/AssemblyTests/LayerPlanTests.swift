// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import Lockfile
import Testing

@Suite struct LayerPlanTests {
    @Test func binariesOfOneSourceShareALayer() {
        let plan = LayerPlan.layers(for: [locked("curl", "curl", .hot), locked("libcurl4", "curl", .hot)])
        #expect(plan.map { $0.packages.map(\.name) } == [["curl", "libcurl4"]])
    }

    @Test func aSourceAloneHasALayerOfItsName() {
        let plan = LayerPlan.layers(for: [locked("git", "git", .alone), locked("sed", "sed", .stable)])
        #expect(plan.map(\.name).contains("git"))
        #expect(plan.map { $0.packages.count } == [1, 1])
    }

    @Test func whatChangesLeastComesFirst() {
        let plan = LayerPlan.layers(
            for: [locked("a", "a", .hot), locked("b", "b", .alone), locked("c", "c", .stable)])
        #expect(plan.map { $0.packages[0].name } == ["c", "b", "a"])
    }

    @Test func theOrderOfThePackagesDoesNotMatter() {
        let packages = (0..<200).map { locked("package\($0)", "source\($0 / 2)", $0 % 3 == 0 ? .hot : .stable) }
        #expect(LayerPlan.layers(for: packages) == LayerPlan.layers(for: packages.shuffled()))
    }

    @Test func aNewVersionMovesNoPackageToAnotherLayer() {
        let before = (0..<100).map { locked("package\($0)", "source\($0)", .hot) }
        let after = before.map { locked($0.name, $0.source, .hot, version: "2") }
        #expect(
            LayerPlan.layers(for: before).map { $0.packages.map(\.name) }
                == LayerPlan.layers(for: after).map { $0.packages.map(\.name) })
    }

    @Test func thereAreFewerLayersThanAnOverlayCanHave() {
        let packages = (0..<2000).map { locked("package\($0)", "source\($0)", $0 % 2 == 0 ? .hot : .stable) }
        let plan = LayerPlan.layers(for: packages)
        #expect(plan.count < 40)
        #expect(plan.flatMap(\.packages).count == packages.count)
    }
}

/// A locked package with what the tests look at.
func locked(
    _ name: String, _ source: String, _ tier: LayerTier, version: String = "1", reason: String = "asked"
) -> LockedPackage {
    LockedPackage(
        name: name, version: version, architecture: "amd64", source: source, sourceVersion: version,
        sha256: Digest(of: "\(name) \(version)".utf8), size: 1000, path: "pool/main/\(name).deb", base: "debian",
        tier: tier, reason: reason, installedSize: 10)
}
