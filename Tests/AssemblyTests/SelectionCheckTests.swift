// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import Debian
import Lockfile
import Testing

/// The control fields of a package file, and the expected problem; the lock has `aa` and `bb` 1.0 for all
/// architectures.
struct Selection: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var name = "aa"
    var version = "1.0"
    var architecture = "all"
    var fields = ""
    var other = ""
    var reason = "asked"
    var isEssential = false
    let problem: String?
}

@Suite("Packages are compared with the lock and with each other") struct SelectionCheckTests {
    private static let beginning =
        "'pool/aa.deb' of the repository 'ex' is not the package aa 1.0 (all) of versions.lock: "

    static let selections = [
        Selection(testDescription: "as in the lock", problem: nil),
        Selection(
            testDescription: "another package", name: "openssl", version: "999",
            problem: beginning + "its control file says Package openssl, Version 999."),
        Selection(
            testDescription: "another architecture", architecture: "amd64",
            problem: beginning + "its control file says Architecture amd64."),
        Selection(
            testDescription: "essential, but not in the index", fields: "Essential: yes\n",
            problem: beginning + "its control file says Essential yes."),
        Selection(
            testDescription: "essential, as in the index", fields: "Essential: yes\n", isEssential: true, problem: nil
        ),
        Selection(
            testDescription: "essential in Debian", fields: "Essential: yes\n", reason: "essential", problem: nil),
        Selection(
            testDescription: "essential in the index only", reason: "essential",
            problem: beginning + "its control file says no Essential."),
        Selection(
            testDescription: "an unsatisfied dependency", fields: "Depends: bb, nothing (>= 9) | none\n",
            problem:
                "'pool/aa.deb' of the repository 'ex', the package aa 1.0 (all), has 'Depends: nothing (>= 9) | none', "
                + "and no package of the image provides that."),
        Selection(
            testDescription: "a version too low", fields: "Pre-Depends: bb (>> 1.0)\n",
            problem: "'pool/aa.deb' of the repository 'ex', the package aa 1.0 (all), has 'Pre-Depends: bb (>> 1.0)', "
                + "and no package of the image provides that."),
        Selection(
            testDescription: "a conflict", fields: "Conflicts: bb\n",
            problem:
                "'pool/aa.deb' of the repository 'ex', the package aa 1.0 (all), has 'Conflicts: bb', and bb is in the image."
        ),
        Selection(
            testDescription: "a package in Breaks", fields: "Breaks: bb (<< 2)\n",
            problem:
                "'pool/aa.deb' of the repository 'ex', the package aa 1.0 (all), has 'Breaks: bb (<< 2)', and bb is in the image."
        ),
        Selection(
            testDescription: "provided names", fields: "Depends: virtual, versioned (>= 2), bb:any | none\n",
            other: "Provides: virtual, versioned (= 3)\n", problem: nil),
        Selection(
            testDescription: "provided without a version", fields: "Depends: virtual (>= 2)\n",
            other: "Provides: virtual\n",
            problem: "'pool/aa.deb' of the repository 'ex', the package aa 1.0 (all), has 'Depends: virtual (>= 2)', "
                + "and no package of the image provides that."),
        Selection(
            testDescription: "a conflict with its own provision, or for another architecture",
            fields: "Provides: virtual\nConflicts: virtual, bb [arm64]\nBreaks: bb (>> 1.0)\nDepends: none [!amd64]\n",
            problem: nil),
    ]

    @Test(arguments: selections) func check(_ selection: Selection) throws {
        let locked = [
            try package("aa", reason: selection.reason, isEssential: selection.isEssential), try package("bb"),
        ]
        let facts = [
            facts("aa", control: selection.name, selection.version, selection.architecture, selection.fields),
            facts("bb", control: "bb", "1.0", "all", selection.other),
        ]
        let problem: String?
        do {
            try SelectionCheck(of: facts, locked: locked, architecture: "amd64").check()
            problem = nil
        } catch let error as AssemblyError {
            problem = error.sentence
        }
        #expect(problem == selection.problem)
    }

    @Test("a layer with a package that is not in the lock")
    func unnamed() throws {
        #expect(throws: AssemblyError.unnamedPackage("cc")) {
            try SelectionCheck(
                of: [facts("cc", control: "cc", "1.0", "all", "")], locked: [try package("aa")], architecture: "amd64")
        }
    }

    @Test("a file with another package is not unpacked, and a whiteout name is refused")
    func files() async throws {
        try await withPackages([PackageRecipe(name: "one", script: "mkdir -p usr; echo > usr/.wh.two")]) { packages in
            let layers = try await build(packages, workers: 1)
            #expect(throws: AssemblyError.whiteout(path: "/usr/.wh.two", package: "one")) {
                try PackageFiles(of: layers)
            }
        }
        try await withPackages([PackageRecipe(name: "one", script: "mkdir usr")]) { packages in
            var locked = packages[0].locked
            locked.version = try DebianVersion("2")
            let other = TinyPackage(store: packages[0].store, locked: locked)
            await #expect(throws: AssemblyError.otherPackage(locked, says: ["Version 1"])) {
                _ = try await build([other], workers: 1)
            }
        }
    }

    private func package(_ name: String, reason: String = "asked", isEssential: Bool = false) throws -> LockedPackage {
        let (name, version) = (try PackageName("\(name)"), try DebianVersion("1.0"))
        return LockedPackage(
            name: name, version: version, architecture: "all", source: name, sourceVersion: version,
            sha256: Digest(of: name.text.utf8), size: 1, installedSize: 1, path: "pool/\(name).deb", base: "ex",
            tier: .stable, reason: reason, isEssential: isEssential)
    }

    private func facts(
        _ name: String, control: String, _ version: String, _ architecture: String, _ fields: String
    ) -> PackageFacts {
        PackageFacts(
            name: name, qualifiedName: name,
            control: "Package: \(control)\nVersion: \(version)\nArchitecture: \(architecture)\n\(fields)Description: x",
            conffiles: [], interests: [], overrides: [])
    }
}
