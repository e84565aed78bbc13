// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Testing

/// Small archives, as tuples of name, version and fields.
@Suite struct SolverTests {
    static func universe(_ packages: [(String, String, String)], security: [(String, String, String)] = []) throws
        -> PackageUniverse
    {
        func index(_ archive: String, _ packages: [(String, String, String)]) -> PackagesIndex {
            let text = packages.map { name, version, fields in
                let more = fields.isEmpty ? "" : fields + "\n"
                return """
                    Package: \(name)
                    Version: \(version)
                    Architecture: amd64
                    \(more)Filename: pool/main/\(name)_\(version).deb
                    Size: 1
                    SHA256: \(Digest(of: name.utf8).hex)

                    """
            }.joined(separator: "\n")
            return PackagesIndex(archive: archive, file: archive, bytes: Array(text.utf8))
        }
        return try PackageUniverse(
            [index("bookworm", [("apt", "1", "")] + packages), index("bookworm-security", security)],
            architecture: .amd64)
    }

    private func solve(_ universe: PackageUniverse, _ names: String...) throws -> [String] {
        let names = try names.map { try PackageName($0) }
        return try Solver(universe).solve(names).map { "\($0.record.name)=\($0.record.version)" }.filter {
            $0 != "apt=1"
        }
    }

    @Test func theRealPackageComesBeforeItsProviders() throws {
        let universe = try Self.universe([
            ("app", "1", "Depends: mta"), ("zzz", "1", "Provides: mta"), ("mta", "1", ""),
        ])
        #expect(try solve(universe, "app") == ["app=1", "mta=1"])
    }

    @Test func theHighestVersionIsTakenWhereverItIs() throws {
        let universe = try Self.universe(
            [("aa", "2", ""), ("bb", "1", "")], security: [("aa", "1", ""), ("bb", "1.1", "")])
        #expect(try solve(universe, "aa", "bb") == ["aa=2", "bb=1.1"])
    }

    @Test func aProvisionCountsInItsNewestVersionOnly() throws {
        let universe = try Self.universe(
            [("app", "1", "Depends: api"), ("xx", "1", "Provides: api"), ("yy", "1", "Provides: api")],
            security: [("xx", "2", "")])
        #expect(try solve(universe, "app") == ["app=1", "yy=1"])
    }

    @Test func unversionedProvisionsSatisfyNoVersion() throws {
        let universe = try Self.universe([
            ("app", "1", "Depends: api(>=2)"), ("xx", "9", "Provides: api"), ("yy", "1", "Provides: api (= 2.1)"),
        ])
        #expect(try solve(universe, "app") == ["app=1", "yy=1"])
    }

    @Test func aConflictLeadsToTheNextAlternative() throws {
        let universe = try Self.universe([
            ("app", "1", "Depends: xx | yy"), ("xx", "1", "Conflicts: zz"), ("yy", "1", ""), ("zz", "1", ""),
        ])
        #expect(try solve(universe, "app") == ["app=1", "xx=1"])
        #expect(try solve(universe, "app", "zz") == ["app=1", "yy=1", "zz=1"])
    }

    @Test func anyIsForAllowedPackagesOnly() throws {
        let universe = try Self.universe([
            ("app", "1", "Depends: python:any"), ("python", "1", "Multi-Arch: allowed"),
            ("bad", "1", "Depends: perl:any"),
            ("perl", "1", "Multi-Arch: foreign"),
        ])
        #expect(try solve(universe, "app") == ["app=1", "python=1"])
        #expect(throws: DebianError.self) { try solve(universe, "bad") }
    }

    @Test func reasonsAreSaid() throws {
        let universe = try Self.universe([
            ("base", "1", "Essential: yes"), ("sh", "1", "Priority: required"), ("app", "1", "Depends: lib"),
            ("lib", "1", ""),
        ])
        let solution = try Solver(universe).solve([try PackageName("app")])
        let reasons = solution.map { "\($0.record.name): \($0.reason)" }
        #expect(reasons == ["app: asked", "apt: required", "base: essential", "lib: needed by app", "sh: required"])
    }

    @Test(arguments: [
        ("ap-p", "There is no package named 'ap-p'.", "Did you mean 'app'"),
        ("virt", "'virt' is only a name that other packages provide: xx, yy.", "Name one of them."),
        ("app", "app 1 needs lib (>= 2), and the archive has only lib 1.", "Remove one"),
        ("deep", "deep 1 needs app 1, which needs lib (>= 2), and the archive has only lib 1.", "Remove one"),
        ("none", "none 1 needs nowhere, and the archive has no such package.", "Remove one"),
    ])
    func failuresAreExplained(_ name: String, _ sentence: String, _ hint: String) throws {
        let universe = try Self.universe([
            ("app", "1", "Depends: lib (>= 2)"), ("lib", "1", ""), ("deep", "1", "Depends: app"),
            ("none", "1", "Depends: nowhere"),
            ("xx", "1", "Provides: virt"), ("yy", "1", "Provides: virt"),
        ])
        let error = #expect(throws: DebianError.self) { try solve(universe, name) }
        #expect(error?.sentence == sentence)
        #expect(error?.hint?.hasPrefix(hint) == true)
    }

    @Test func aClashIsExplained() throws {
        let universe = try Self.universe([("xx", "1", "Conflicts: yy (<< 2)"), ("yy", "1", "")])
        let error = #expect(throws: DebianError.self) { try solve(universe, "xx", "yy") }
        #expect(error?.sentence.contains("xx 1 conflicts with yy (<< 2), and yy 1 is selected too.") == true)
    }

    @Test func pinsHoldAndGiveWay() throws {
        let universe = try Self.universe(
            [("aa", "1", "Depends: bb (>= 1)"), ("bb", "1", ""), ("cc", "1", "")],
            security: [("aa", "2", "Depends: bb (>= 2)"), ("bb", "2", ""), ("cc", "2", "")])
        let (aa, bb, cc) = (try PackageName("aa"), try PackageName("bb"), try PackageName("cc"))
        let (one, gone) = (try DebianVersion("1"), try DebianVersion("0.9"))
        let solver = Solver(universe)
        #expect(solver.unavailable([aa: one, bb: gone]) == [bb])
        #expect(solver.forced(by: [aa], pins: [aa: one, bb: one, cc: one]) == [aa, bb])
        #expect(solver.forced(by: [cc], pins: [aa: one, bb: one, cc: one]) == [cc])
        let pinned = try solver.solve([aa, cc], pins: [bb: one, aa: one])
        #expect(pinned.map { "\($0.record.version)" } == ["1", "1", "1", "2"])
    }

    @Test func anyDamageIsAnErrorOrAUniverse() throws {
        let text = Array(
            "Package: ab\nVersion: 1:2-3\nArchitecture: amd64\nDepends: xx (>= 1), yy | zz\nProvides: q (= 1)\n\n".utf8)
        var generator = SystemNumbers(state: 99)
        var read = 0
        for _ in 0..<5_000 {
            var bytes = text + text
            for _ in 0...generator.next(3) { bytes[generator.next(bytes.count)] = UInt8(generator.next(256)) }
            let index = PackagesIndex(archive: "a", file: "f", bytes: bytes)
            guard let universe = try? PackageUniverse([index, index], architecture: .amd64) else { continue }
            read += 1
            _ = try? Solver(universe).solve([try PackageName("ab")])
            _ = try? ControlParagraph.parse(bytes, file: "f")
            _ = try? Release(parsing: bytes, file: "f")
        }
        #expect((100..<4_900).contains(read), "neither all nor none are damaged")
    }

    private struct SystemNumbers {
        var state: UInt64
        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }
}
