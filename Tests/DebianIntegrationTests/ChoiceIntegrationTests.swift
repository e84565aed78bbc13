// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Testing

/// `name=version`, `name-` and recommended packages, compared with apt.
@Suite("Pins, exclusions and recommendations agree with apt", .serialized) struct ChoiceIntegrationTests {
    private struct ReleaseBase {
        let oracle: AptOracle
        let solver: Solver
        /// Every name with its versions in the indices, sorted by name.
        let versions: [(name: String, versions: [String])]
    }

    private func ground() async throws -> ReleaseBase {
        let oracle = try await AptOracle.make(.amd64)
        let indices = try oracle.indices()
        let solver = Solver(try PackageUniverse(indices, architecture: .amd64))
        let names = Set(indices.flatMap(packageNames)).sorted()
        let versions = try names.map { ($0, solver.versions(of: try PackageName($0)).map(\.text)) }
        return ReleaseBase(oracle: oracle, solver: solver, versions: versions.filter { !$0.1.isEmpty })
    }

    private func compare(
        _ ground: ReleaseBase, _ asked: [String], pins: [String: String] = [:], without: [String] = [],
        recommending: Set<String> = [], explicit: [String] = []
    ) async throws -> Bool {
        let base = ground.solver.base.filter { !without.contains($0) }
        let words = (asked + explicit).sorted().map { name in pins[name].map { "\(name)=\($0)" } ?? name }
        let theirs = try await ground.oracle.closure(base + words + without.map { "\($0)-" })
        let chosen = try pins.map { (try PackageName($0.key), try DebianVersion($0.value)) }
        let left = try without.map { (try PackageName($0), "for a test") }
        let ours = try? ground.solver.solve(
            asked.map { try PackageName($0) }, pins: Dictionary(uniqueKeysWithValues: chosen),
            exclusions: Dictionary(uniqueKeysWithValues: left),
            recommending: Set(recommending.map { try PackageName($0) }))
        let found = ours.map { Set($0.map { "\($0.record.name)=\($0.record.version)" }) }
        if found != theirs {
            let (more, less) = (found?.subtracting(theirs ?? []), theirs?.subtracting(found ?? []))
            Issue.record(
                """
                \(words) without \(without): we \(found.map { "\($0.count)" } ?? "cannot"), apt \
                \(theirs.map { "\($0.count)" } ?? "cannot"); ours only \(more?.sorted().prefix(8) ?? []), \
                apt's only \(less?.sorted().prefix(8) ?? [])
                """)
        }
        return theirs == nil
    }

    @Test func pinnedVersionsAreAsAptTakesThem() async throws {
        let ground = try await ground()
        let several = ground.versions.filter { $0.versions.count > 1 }
        try #require(several.count > 100)
        var generator = SeededGenerator(seed: 20_261_129)
        var impossible = 0
        for _ in 0..<60 {
            let pinned = (0..<Int.random(in: 1...3, using: &generator)).compactMap { _ in
                several.randomElement(using: &generator)
            }
            let others = (0..<Int.random(in: 0...4, using: &generator)).compactMap { _ in
                ground.versions.randomElement(using: &generator)?.name
            }
            let pins = Dictionary(pinned.map { ($0.name, $0.versions.last ?? "") }) { first, _ in first }
            if try await compare(ground, Set(pins.keys).union(others).sorted(), pins: pins) { impossible += 1 }
        }
        print("pins: 60 sets, \(impossible) of them impossible")
    }

    @Test func exclusionsAreAsAptLeavesThemOut() async throws {
        let ground = try await ground()
        var generator = SeededGenerator(seed: 20_261_130)
        var impossible = 0
        for _ in 0..<60 {
            let asked = Set(
                (0..<Int.random(in: 1...4, using: &generator)).compactMap { _ in
                    ground.versions.randomElement(using: &generator)?.name
                })
            guard let all = try? ground.solver.solve(asked.map { try PackageName($0) }) else { continue }
            let removable = all.filter { package in
                if case .needed = package.reason { return true }
                return false
            }.map(\.record.name.text)
            guard let out = removable.randomElement(using: &generator) else { continue }
            if try await compare(ground, asked.sorted(), without: [out]) { impossible += 1 }
        }
        print("exclusions: 60 sets, \(impossible) of them impossible")
    }

    /// apt has no option for one package. All packages that the solver adds as recommended must be in apt's result with
    /// all recommendations; and apt's result with those requested explicitly, without recommendations, must be equal.
    @Test(arguments: ["git", "build-essential", "vim", "mutt", "openssh-client", "wireshark", "libreoffice-calc"])
    func recommendedPackagesAreAsAptTakesThem(_ name: String) async throws {
        let ground = try await ground()
        let asked = [try PackageName(name), try PackageName("curl")]
        let ours = try ground.solver.solve(asked, recommending: [asked[0]])
        let recommended = ours.filter { $0.reason == .recommended(by: name) }.map(\.record.name.text)
        print("\(name) recommends \(recommended)")
        let explicit = [name, "curl"]
        let all = try #require(
            try await ground.oracle.closure(
                ground.solver.base + explicit.sorted(), options: ["-o", "APT::Install-Recommends=true"]))
        let names = Set(all.map { String($0.prefix { $0 != "=" }) })
        #expect(Set(recommended).subtracting(names) == [])
        _ = try await compare(ground, explicit, recommending: [name], explicit: recommended)
    }
}

/// The names of the packages in an index.
func packageNames(_ index: PackagesIndex) -> [String] {
    index.bytes.split(separator: UInt8(ascii: "\n")).filter { $0.starts(with: Array("Package: ".utf8)) }
        .map { String(decoding: $0.dropFirst("Package: ".utf8.count), as: UTF8.self) }
}
