// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import Debian
import Lockfile
import Testing

@Suite struct LayerPlanTests {
    @Test func binariesOfOneSourceShareALayer() throws {
        let plan = LayerPlan.layers(for: [try locked("curl", "curl", .hot), try locked("libcurl4", "curl", .hot)])
        #expect(plan.map { $0.packages.map(\.name.text) } == [["curl", "libcurl4"]])
    }

    @Test func aSourceAloneHasALayerOfItsName() throws {
        let plan = LayerPlan.layers(for: [try locked("git", "git", .alone), try locked("sed", "sed", .stable)])
        #expect(plan.map(\.name).contains("git"))
        #expect(plan.map { $0.packages.count } == [1, 1])
    }

    @Test func aBigPackageOfABigSourceHasALayerOfItsName() throws {
        let plan = LayerPlan.layers(
            for: [
                try locked("vim", "vim", .alone), try locked("vim-common", "vim", .alone),
                try locked("vim-runtime", "vim", .alone, installedSize: 36 << 10),
                // When it has the name of the source, small packages stay with it.
                try locked("git", "git", .alone, installedSize: 44 << 10), try locked("git-man", "git", .alone),
                try locked("linux-libc-dev", "linux", .hot, installedSize: 44 << 10),
            ])
        let names = Dictionary(uniqueKeysWithValues: plan.map { ($0.name, $0.packages.map(\.name.text)) })
        #expect(names["vim"] == ["vim", "vim-common"])
        #expect(names["vim-runtime"] == ["vim-runtime"])
        #expect(names["git"] == ["git", "git-man"])
        #expect(plan.count == 4)
    }

    @Test func whatChangesLeastComesFirst() throws {
        let plan = LayerPlan.layers(
            for: [try locked("aa", "aa", .hot), try locked("bb", "bb", .alone), try locked("cc", "cc", .stable)])
        #expect(plan.map { $0.packages[0].name.text } == ["cc", "bb", "aa"])
    }

    @Test func theOrderOfThePackagesDoesNotMatter() throws {
        let packages = try (0..<200).map { try locked("package\($0)", "source\($0 / 2)", $0 % 3 == 0 ? .hot : .stable) }
        #expect(LayerPlan.layers(for: packages) == LayerPlan.layers(for: packages.shuffled()))
    }

    @Test func aNewVersionMovesNoPackageToAnotherLayer() throws {
        let before = try (0..<100).map { try locked("package\($0)", "source\($0)", .hot) }
        let after = try before.map { try locked($0.name.text, $0.source.text, .hot, version: "2") }
        #expect(
            LayerPlan.layers(for: before).map { $0.packages.map(\.name) }
                == LayerPlan.layers(for: after).map { $0.packages.map(\.name) })
    }

    @Test func thereAreFewerLayersThanAnOverlayCanHave() throws {
        let packages = try (0..<2000).map { try locked("package\($0)", "source\($0)", $0 % 2 == 0 ? .hot : .stable) }
        let plan = LayerPlan.layers(for: packages)
        #expect(plan.count < 40)
        #expect(plan.flatMap(\.packages).count == packages.count)
    }
}

/// A locked package with the fields that the tests use.
func locked(
    _ name: String, _ source: String, _ tier: LayerTier, version: String = "1", reason: String = "asked",
    installedSize: UInt64 = 10
) throws -> LockedPackage {
    LockedPackage(
        name: try PackageName(name), version: try DebianVersion(version), architecture: "amd64",
        source: try PackageName(source), sourceVersion: try DebianVersion(version),
        sha256: Digest(of: "\(name) \(version)".utf8), size: 1000, installedSize: installedSize,
        path: "pool/main/\(name).deb",
        base: "debian", tier: tier, reason: reason)
}
