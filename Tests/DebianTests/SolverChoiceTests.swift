// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Testing

/// Versions, exclusions and recommended packages in requests.
@Suite struct SolverChoiceTests {
    private static let packages: [(String, String, String)] = [
        ("app", "1", "Depends: lib, mawk | gawk\nRecommends: doc, viewer | editor, nothing"), ("lib", "1", ""),
        ("mawk", "1", ""), ("gawk", "1", "Depends: bignum"), ("bignum", "1", ""), ("doc", "1", "Recommends: more"),
        ("more", "1", ""), ("viewer", "1", "Conflicts: lib"), ("editor", "1", "Depends: widgets"), ("widgets", "1", ""),
        ("strict", "1", "Depends: app, mawk"), ("e2fsprogs", "1", "Priority: required"),
        ("dash", "1", "Essential: yes\nPriority: required"),
    ]

    private func solver() throws -> Solver { Solver(try SolverTests.universe(Self.packages)) }

    private func names(_ asked: String..., without: [String] = [], recommending: [String] = []) throws -> [String] {
        let exclusions = try without.map { (try PackageName($0), "not wanted") }
        return try solver().solve(
            asked.map { try PackageName($0) }, exclusions: Dictionary(uniqueKeysWithValues: exclusions),
            recommending: Set(recommending.map { try PackageName($0) })
        ).map(\.record.name.text).filter { !["apt", "dash"].contains($0) }
    }

    @Test func anExclusionLeadsToTheNextAlternative() throws {
        #expect(try names("app") == ["app", "e2fsprogs", "lib", "mawk"])
        #expect(try names("app", without: ["mawk"]) == ["app", "bignum", "e2fsprogs", "gawk", "lib"])
    }

    @Test func whatIsRequiredButNotEssentialCanBeLeftOut() throws {
        #expect(try names("lib", without: ["e2fsprogs"]) == ["lib"])
    }

    @Test(arguments: [
        ("app", "lib", "app 1 needs lib, which is left out (not wanted)."),
        ("app", "lob", "There is no package named 'lob'."),
        ("app", "dash", "'dash' cannot be left out: every system requires it."),
        ("strict", "mawk", "strict 1 needs mawk, which is left out (not wanted)."),
        ("strict", "lib", "strict 1 needs app 1, which needs lib, which is left out (not wanted)."),
    ])
    func theSentenceNamesBoth(_ asked: String, _ without: String, _ sentence: String) throws {
        let error = #expect(throws: DebianError.self) { try names(asked, without: [without]) }
        #expect(error?.sentence == sentence)
    }

    /// The first available alternative, but not the recommendations of recommended packages.
    @Test func recommendedPackagesOfOneComeWithIt() throws {
        let found = try names("app", recommending: ["app"])
        #expect(found == ["app", "doc", "e2fsprogs", "editor", "lib", "mawk", "widgets"])
        let reasons = try solver().solve([PackageName("app")], recommending: [PackageName("app")]).map {
            "\($0.record.name): \($0.reason)"
        }
        #expect(reasons.contains("doc: recommended by app"))
        #expect(reasons.contains("widgets: needed by editor"))
    }

    @Test func whatIsLeftOutIsNotRecommendedEither() throws {
        #expect(
            try names("app", without: ["doc", "editor"], recommending: ["app"]) == ["app", "e2fsprogs", "lib", "mawk"])
    }

    @Test func aPinIsTakenAndIsSaidToBeOld() throws {
        let universe = try SolverTests.universe([("app", "1", ""), ("app", "2", "")], security: [("app", "3", "")])
        let (solver, app) = (Solver(universe), try PackageName("app"))
        let found = try solver.solve([app], pins: [app: DebianVersion("2")])
        #expect(found.map(\.record.version.text).contains("2"))
        #expect(solver.newest(app, in: ["bookworm-security"])?.text == "3")
        #expect(solver.versions(of: app).map(\.text) == ["3", "2", "1"])
        #expect(solver.unavailable([app: try DebianVersion("4")]) == [app])
    }

    @Test func aPinThatNeedsAnotherOneSaysSo() throws {
        let universe = try SolverTests.universe(
            [("app", "1", "Depends: lib (= 1)"), ("lib", "1", "")],
            security: [("app", "2", "Depends: lib (= 2)"), ("lib", "2", "")])
        let app = try PackageName("app")
        let error = #expect(throws: DebianError.self) {
            try Solver(universe).solve([app], pins: [app: try DebianVersion("1")])
        }
        #expect(error?.sentence == "app 1 needs lib (= 1), and lib 2 is selected.")
        #expect(error?.hint == "Pin that version too: lib=1.")
    }

    /// Fixed names are never updated; names that depend on another version of them are.
    @Test func whatIsFixedForcesTheOthers() throws {
        let universe = try SolverTests.universe(
            [("app", "1", "Depends: lib (= 1)"), ("lib", "1", "")],
            security: [("app", "2", "Depends: lib (= 2)"), ("lib", "2", "")])
        let solver = Solver(universe)
        let (app, lib) = (try PackageName("app"), try PackageName("lib"))
        let pins = [app: try DebianVersion("1"), lib: try DebianVersion("2")]
        #expect(solver.forced(by: [], pins: pins, fixed: [lib]) == [app])
        #expect(solver.forced(by: [], pins: pins).contains(lib))
    }
}
