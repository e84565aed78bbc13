// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Testing

/// The package list of the project's own image.
let imagePackages = """
    usr-is-merged locales git vim nano curl wget unzip zsh gnupg build-essential ca-certificates openssh-client
    netcat-openbsd bind9-dnsutils jq yq ripgrep fd-find tmux htop bash-completion direnv gh python3 python3-venv nodejs
    less procps tini s6
    """.split(whereSeparator: \.isWhitespace).map(String.init)

@Suite("Solutions agree with apt", .serialized) struct SolverIntegrationTests {
    @Test(arguments: Architecture.allCases) func theImageIsWhatAptWouldInstall(_ architecture: Architecture)
        async throws
    {
        let oracle = try await AptOracle.make(architecture)
        let clock = ContinuousClock()
        let indices = try oracle.indices()
        var universe: PackageUniverse?
        let reading = try clock.measure { universe = try PackageUniverse(indices, architecture: architecture) }
        let solver = Solver(try #require(universe))
        var solution: [SolvedPackage] = []
        let solving = try clock.measure { solution = try solver.solve(try imagePackages.map { try PackageName($0) }) }
        print("\(architecture): read in \(reading), solved in \(solving), \(solution.count) packages")
        let ours = Set(solution.map { "\($0.record.name)=\($0.record.version)" })
        let theirs = try #require(try await oracle.closure(solver.base + imagePackages.sorted()))
        #expect(ours.subtracting(theirs).sorted() == [])
        #expect(theirs.subtracting(ours).sorted() == [])
        #expect(ours.count > 200)
    }

    @Test(arguments: [(Architecture.amd64, 200), (.arm64, 50)])
    func randomSetsAreWhatAptWouldInstall(_ architecture: Architecture, _ count: Int) async throws {
        let oracle = try await AptOracle.make(architecture)
        let solver = Solver(try PackageUniverse(oracle.indices(), architecture: architecture))
        let names = try oracle.indices().flatMap(packageNames).sorted()
        var generator = SeededGenerator(seed: 20_261_123)
        var (equal, impossible) = (0, 0)
        for number in 0..<count {
            let size = Int.random(in: 1...12, using: &generator)
            let asked = (0..<size).compactMap { _ in names.randomElement(using: &generator) }
            let theirs = try await oracle.closure(solver.base + Set(asked).sorted())
            let ours = try? solver.solve(try Set(asked).map { try PackageName($0) })
            let found = ours.map { Set($0.map { "\($0.record.name)=\($0.record.version)" }) }
            if theirs == nil { impossible += 1 }
            if found == theirs { equal += 1 } else { complain(number, asked, found, theirs) }
        }
        print("\(architecture): \(equal) of \(count) sets equal, \(impossible) of them impossible")
    }

    private func complain(_ number: Int, _ asked: [String], _ ours: Set<String>?, _ theirs: Set<String>?) {
        let (more, less) = (ours?.subtracting(theirs ?? []), theirs?.subtracting(ours ?? []))
        Issue.record(
            """
            set \(number), \(asked.sorted().joined(separator: " ")): \
            we \(ours.map { "\($0.count)" } ?? "cannot"), apt \(theirs.map { "\($0.count)" } ?? "cannot"); \
            ours only \(more?.sorted().prefix(8) ?? []), apt's only \(less?.sorted().prefix(8) ?? [])
            """)
    }
}

/// SplitMix64: deterministic.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
