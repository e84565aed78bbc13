// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Lockfile
import Testing

@Suite struct UnpackPlanTests {
    /// Packages of one layer or two, and the packages that dpkg must unpack.
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var one = ""
        var other = ""
        var fields = ""
        var tier = "alone"
        var byDpkg: [String] = []
    }

    private static let file = "mkdir -p usr/bin; echo $name > usr/bin/tool"
    private static let diverts = """
        printf '#!/bin/sh\\ndpkg-divert --add --rename --divert /usr/bin/tool.one /usr/bin/tool\\n' > DEBIAN/preinst
        chmod 755 DEBIAN/preinst
        """

    private static let unique = "mkdir -p usr/share; echo > usr/share/$name"
    private static let looks =
        "printf '#!/bin/sh\\nset -e\\n[ ! -e /x ] || true\\n' > DEBIAN/preinst; chmod 755 DEBIAN/preinst"
    private static let helps = """
        printf '#!/bin/sh\\nset -e\\n\\ndpkg-maintscript-helper rm_conffile /etc/x 1 -- "$@"\\nexit 0\\n' > DEBIAN/preinst
        chmod 755 DEBIAN/preinst
        """

    private static let rows = [
        Row(
            testDescription: "nothing shared", one: "mkdir -p usr/share/common/one",
            other: "mkdir -p usr/share/common; echo > usr/share/common/other"),
        Row(
            testDescription: "directories that another package also ships", one: "mkdir -p usr/share/common",
            other: "mkdir -p usr/share/common; echo > usr/share/common/other", byDpkg: ["one", "other"]),
        Row(
            testDescription: "a script that may need a package configured before", one: unique,
            other: "\(unique); \(looks)", fields: "Pre-Depends: one\\n", byDpkg: ["other"]),
        Row(
            testDescription: "a script that examines nothing", one: unique, other: "\(unique); \(helps)",
            fields: "Pre-Depends: one\\n"),
        Row(
            testDescription: "a script that may need a package of the base", one: unique,
            other: "\(unique); \(looks)", fields: "Pre-Depends: one\\nEssential: yes\\n"),
        Row(testDescription: "replaced", one: file, other: file, fields: "Replaces: one\\n", byDpkg: ["one", "other"]),
        Row(
            testDescription: "replaced, in one layer", one: file, other: file, fields: "Replaces: one\\n",
            tier: "stable",
            byDpkg: ["one", "other"]),
        Row(testDescription: "diverted", one: file, other: "\(file); \(diverts)", byDpkg: ["one", "other"]),
        Row(
            testDescription: "unpacked after its dependencies", one: "\(file); \(diverts)", other: file,
            fields: "Depends: zero | one (>= 1)\\n", byDpkg: ["one", "other"]),
        Row(
            testDescription: "one through the merged /usr", one: file, other: "mkdir bin; echo > bin/tool",
            fields: "Replaces: one\\n", byDpkg: ["one", "other"]),
        Row(
            testDescription: "a link and a directory", one: "mkdir -p usr/share/a; ln -s a usr/share/b",
            other: "mkdir -p usr/share/b; echo > usr/share/b/file", byDpkg: ["one", "other"]),
        Row(
            testDescription: "a link and a directory, in one layer", one: "mkdir -p usr/share/a; ln -s a usr/share/b",
            other: "mkdir -p usr/share/b; echo > usr/share/b/file", tier: "stable", byDpkg: ["one", "other"]),
        Row(
            testDescription: "what is there while scripts run",
            one: "\(unique); mkdir -p var/run/a; echo > var/run/a/b",
            other: unique, byDpkg: ["one"]),
        Row(
            testDescription: "a configuration file that is a link",
            one: "mkdir etc; ln -s a etc/one; echo /etc/one > DEBIAN/conffiles", byDpkg: ["one"]),
    ]

    @Test(arguments: rows) func dpkgUnpacks(row: Row) async throws {
        let plan = try await withPackages(recipes(row)) { try await unpackPlan($0) }
        #expect(plan.byDpkg.map(\.name) == row.byDpkg)
        #expect(Set(plan.reasons.keys) == Set(row.byDpkg))
    }

    @Test(arguments: ["stable", "alone"]) func aFileOfTwoPackagesIsRefused(tier: String) async throws {
        let row = Row(testDescription: "", one: Self.file, other: Self.file, tier: tier)
        await #expect(throws: AssemblyError.conflict(path: "usr/bin/tool", packages: ["one", "other"])) {
            try await withPackages(recipes(row)) { _ = try await unpackPlan($0) }
        }
    }

    @Test func aFileOfTwoPackagesThroughTheMergedUsrIsRefusedByBothNames() async throws {
        let row = Row(testDescription: "", one: Self.file, other: "mkdir bin; echo > bin/tool")
        let names = ["/usr/bin/tool", "/bin/tool"]
        await #expect(
            throws: AssemblyError.conflict(path: "usr/bin/tool", packages: ["one", "other"], names: names)
        ) {
            try await withPackages(recipes(row)) { _ = try await unpackPlan($0) }
        }
    }

    /// dpkg makes no directories that no package ships; the tar of a package may miss those of other packages.
    @Test(arguments: [
        ("./usr/share/lone/file", "mkdir -p usr/share; echo > usr/share/other", false),
        ("./usr/share/lone/file", "mkdir -p usr/share/lone; echo > usr/share/lone/other", true),
        ("./opt/file", "mkdir opt", true), ("./lib/file", "mkdir lib; echo > lib/other", true),
    ])
    func aDirectoryThatNoPackageShips(path: String, other: String, isAccepted: Bool) async throws {
        let recipes = [
            PackageRecipe(name: "one", tier: .alone, script: "mkdir -p $(dirname \(path)); echo > \(path)", only: path),
            PackageRecipe(name: "other", script: other),
        ]
        let error = AssemblyError.missingDirectory(path: String(path.dropFirst()), package: "one")
        await withKnownErrors(isAccepted ? nil : error) {
            try await withPackages(recipes) { _ = try await unpackPlan($0) }
        }
    }

    private func withKnownErrors(_ expected: AssemblyError?, _ body: () async throws -> Void) async {
        do {
            try await body()
            #expect(expected == nil)
        } catch { #expect(error as? AssemblyError == expected) }
    }

    @Test func whatDpkgUnpacksIsHidden() async throws {
        let one = "\(Self.file); mkdir -p usr/share/one/deep; echo > usr/share/one/deep/file"
        let row = Row(testDescription: "", one: one, other: Self.file, fields: "Replaces: one\\n")
        let third = PackageRecipe(name: "third", script: "mkdir -p usr/bin usr/share; echo > usr/bin/third")
        let plan = try await withPackages(recipes(row) + [third]) { try await unpackPlan($0) }
        #expect(
            plan.hidden.map(\.string) == [
                "usr/bin/tool", "usr/share/one", "var/lib/dpkg/info/one.list", "var/lib/dpkg/info/one.md5sums",
                "var/lib/dpkg/info/other.list", "var/lib/dpkg/info/other.md5sums",
            ])
    }

    @Test func whatDoesNotLastIsInNoLayer() async throws {
        let script = """
            mkdir -p tmp var/tmp var/lock/sub usr/share/tmp run/lock; echo > tmp/x; ln -s y var/tmp/y; ln tmp/x tmp/z
            echo > usr/share/tmp/x
            """
        try await withPackages([PackageRecipe(name: "one", script: script)]) { packages in
            let layers = try await build(packages, workers: 1)
            let passing = layers.flatMap(\.packages).flatMap(\.passing)
            #expect(Set(passing) == ["/tmp/x", "/tmp/z", "/var/lock/sub", "/var/tmp/y"])
            guard case .unpacked(let entries) = try #require(layers.first).contents else { return }
            let paths = entries.entries.map(\.path.string).filter { !$0.hasPrefix("var/lib") && !$0.hasPrefix("usr") }
            #expect(paths == ["run", "run/lock", "tmp", "var", "var/lock", "var/tmp"])
        }
    }

    @Test func configurationFilesWaitUnlessTheirPackageIsEssential() async throws {
        let conffile = "mkdir etc; echo > etc/$name; echo /etc/$name > DEBIAN/conffiles"
        let row = Row(testDescription: "", one: conffile, other: conffile, fields: "Essential: yes\\n")
        let plan = try await withPackages(recipes(row)) { try await unpackPlan($0) }
        #expect(plan.waiting.map(\.string) == ["etc/one"])
    }

    /// Packages without dependencies are configured first, and dpkg unpacks them first.
    @Test func theBaseGoesFirst() async throws {
        let row = Row(
            testDescription: "", one: Self.file, other: Self.file, fields: "Essential: yes\\nReplaces: one\\n")
        let plan = try await withPackages(recipes(row)) { try await unpackPlan($0) }
        #expect(plan.base.map(\.name) == ["other"])
        #expect(plan.byDpkg.map(\.name) == ["other", "one"])
    }

    @Test func aDirectoryIsAsTheFirstPackageHasIt() async throws {
        let row = Row(
            testDescription: "", one: "mkdir -p srv/a srv/b; chmod 2775 srv/a; chmod 1777 srv/b",
            other: "mkdir -p srv/a srv/b; chmod 1777 srv/b", fields: "Essential: yes\\n")
        let plan = try await withPackages(recipes(row)) { try await unpackPlan($0) }
        #expect(plan.directories.map(\.path.string) == ["srv/a"])
        #expect(plan.directories.map(\.mode) == [0o755])
    }

    @Test func whatAPreinstSpeaksOfIsSetAside() async throws {
        let one = """
            mkdir -p usr/share/one/sub usr/bin; echo > usr/bin/one; echo > usr/bin/two
            printf '#!/bin/sh\\n[ ! -e /usr/bin/one ] || rm -rf /usr/share/one/* /usr/bin /etc/x\\n' > DEBIAN/preinst
            chmod 755 DEBIAN/preinst
            """
        let row = Row(testDescription: "", one: one, other: "mkdir -p usr/bin; echo > usr/bin/other")
        let plan = try await withPackages(recipes(row)) { try await unpackPlan($0) }
        #expect(plan.aside.mapValues { $0.map(\.string) } == ["one": ["usr/bin/one", "usr/share/one"]])
    }

    /// base-files makes `/opt` for every package, also for the only one that ships it.
    @Test func aDirectoryOfBaseFilesIsNotSetAside() async throws {
        let one = """
            mkdir -p opt/one usr/local/bin; echo > opt/one/file; echo > usr/local/bin/tool-1
            printf '#!/bin/sh\\nls /opt /usr/local/bin\\n' > DEBIAN/preinst; chmod 755 DEBIAN/preinst
            """
        let plan = try await withPackages(recipes(Row(testDescription: "", one: one))) { try await unpackPlan($0) }
        #expect(plan.aside.mapValues { $0.map(\.string) } == ["one": ["opt/one", "usr/local/bin/tool-1"]])
    }

    /// dpkg takes a package for overwritten when other packages have all its files.
    @Test(arguments: [
        ("mkdir -p usr/share/doc/one; echo > usr/share/doc/one/NEWS", "/usr/share/doc/one"),
        ("mkdir -p usr/share/doc; ln -s other usr/share/doc/one", "/usr/share/doc/one"),
    ])
    func everyPackageKeepsSomething(script: String, kept: String) async throws {
        let files = try await withPackages([PackageRecipe(name: "one", script: script)]) { packages in
            try await PackageFiles(of: build(packages, workers: 1)).packages.map(\.listed)
        }
        #expect(files == [["/usr", "/usr/share", "/usr/share/doc", kept]])
    }

    @Test func programsThatAPreinstLooksForAreSetAside() async throws {
        let one = """
            mkdir -p usr/bin usr/share; echo > usr/bin/tool-1; echo > usr/share/tool-1; echo > usr/bin/other
            printf '#!/bin/sh\\ncommand -v tool-1 && exit 1\\n' > DEBIAN/preinst; chmod 755 DEBIAN/preinst
            """
        let row = Row(testDescription: "", one: one, other: Self.unique)
        let plan = try await withPackages(recipes(row)) { try await unpackPlan($0) }
        #expect(plan.aside.mapValues { $0.map(\.string) } == ["one": ["usr/bin/tool-1"]])
    }

    @Test func whatDpkgConfiguresBeforeItUnpacks() async throws {
        let row = Row(
            testDescription: "", one: Self.unique, other: "\(Self.unique); \(Self.looks)", fields: "Pre-Depends: one\\n"
        )
        let plan = try await withPackages(recipes(row)) { try await unpackPlan($0) }
        #expect(plan.before.mapValues { $0.map(\.name) } == ["other": ["one"]])
    }

    private func recipes(_ row: Row) -> [PackageRecipe] {
        let tier: LayerTier = row.tier == "alone" ? .alone : .stable
        return [
            PackageRecipe(name: "one", tier: tier, script: "name=one; \(row.one)"),
            PackageRecipe(name: "other", fields: row.fields, tier: tier, script: "name=other; \(row.other)"),
        ]
    }

    private func unpackPlan(_ packages: [TinyPackage]) async throws -> UnpackPlan {
        try UnpackPlan(for: PackageFiles(of: await build(packages, workers: 2)))
    }
}

@Suite struct PreinstReaderTests {
    @Test(arguments: [
        ("[ -e /etc/foo.conf ] && exit", ["/etc/foo.conf"]),
        ("rm -rf \"/usr/share/foo/\"*", ["/usr/share/foo"]),
        ("for f in /usr/lib/foo/*.so; do :; done", ["/usr/lib/foo"]),
        ("dir=/usr/share\nname='foo'\nrm $dir/${name}/x", ["/usr/share/foo/x"]),
        ("rm /var/lib/$1/x", ["/var/lib"]),
        ("test -d \"$DPKG_ROOT/var/lib/foo\"", ["/var/lib/foo"]),
        ("# rm /usr/bin/foo", []), ("echo http://example.org/a", ["//example.org/a"]),
        ("dpkg-maintscript-helper rm_conffile /etc/foo 1.0~ -- \"$@\"", []),
        ("dpkg-divert --add --rename \\\n  --divert /usr/bin/a.b /usr/bin/a", []),
    ])
    func findsPaths(script: String, paths: [String]) {
        #expect(PreinstReader("#!/bin/sh\n\(script)\n").paths.subtracting(["/bin/sh"]) == Set(paths))
    }
}
