// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Testing

@Suite struct DpkgDatabaseTests {
    private let database: DpkgDatabase
    private let packages = [
        PackageFacts(
            name: "libc-bin", qualifiedName: "libc-bin",
            control: "Package: libc-bin\nVersion: 1\nMaintainer: x",
            conffiles: [.init(path: "/etc/ld.so.conf", md5: "4317c6de8564b68d628c21efa96b37e4")],
            interests: [.init(trigger: "ldconfig", awaits: true)], overrides: []),
        PackageFacts(
            name: "debianutils", qualifiedName: "debianutils", control: "Package: debianutils\nVersion: 5",
            conffiles: [], interests: [.init(trigger: "/usr/share/debianutils/shells.d", awaits: false)],
            overrides: [.init(path: "/bin/su", mode: 0o755, uid: 0, gid: 42)]),
    ]

    init() throws {
        database = DpkgDatabase(
            packages: packages,
            locked: try [
                locked("libc-bin", "glibc", .hot, reason: "needed by bash"), locked("debianutils", "debianutils", .hot),
            ],
            architecture: "amd64")
    }

    private func text(_ path: String) -> String? { database.files.first { $0.path == path }?.text }

    @Test func statusListsUnpackedPackagesInOrder() {
        #expect(
            text("var/lib/dpkg/status") == """
                Package: debianutils
                Status: install ok unpacked
                Version: 5

                Package: libc-bin
                Status: install ok unpacked
                Version: 1
                Maintainer: x
                Conffiles:
                 /etc/ld.so.conf 4317c6de8564b68d628c21efa96b37e4

                """)
    }

    @Test func whatDpkgUnpacksIsNotThereAndConffilesWait() {
        let database = DpkgDatabase(
            packages: packages, locked: [], architecture: "amd64", byDpkg: ["debianutils"], withWaiting: ["libc-bin"])
        let texts = Dictionary(uniqueKeysWithValues: database.files)
        #expect(texts["var/lib/dpkg/status"]?.contains("debianutils") == false)
        #expect(texts["var/lib/dpkg/status"]?.hasSuffix("Conffiles:\n /etc/ld.so.conf newconffile\n") == true)
        #expect(texts["var/lib/dpkg/triggers/File"] == "")
        #expect(texts["var/lib/dpkg/statoverride"] == "root #42 755 /bin/su\n")
    }

    @Test func aFileOfSeveralPackagesHasNoOverride() throws {
        let database = DpkgDatabase(
            packages: packages, locked: [], architecture: "amd64", shared: [try ArchivePath("usr/bin/su")])
        #expect(database.files.first { $0.path == "var/lib/dpkg/statoverride" }?.text == "")
    }

    /// The format of dpkg 1.21, before and after configuration.
    @Test func aConffileThatIsShippedNoMoreHasItsFlag() async throws {
        let script = """
            mkdir etc; echo > etc/a; printf '/etc/a\\nremove-on-upgrade /etc/b\\n' > DEBIAN/conffiles
            """
        let facts = try await withPackages([PackageRecipe(name: "one", script: script)]) { packages in
            try await PackageFiles(of: build(packages, workers: 1)).packages.map(\.facts)
        }
        let database = DpkgDatabase(packages: facts, locked: [], architecture: "amd64", withWaiting: ["one"])
        let status = Dictionary(uniqueKeysWithValues: database.files)["var/lib/dpkg/status"]
        #expect(
            status?.hasSuffix("Conffiles:\n /etc/a newconffile\n /etc/b newconffile remove-on-upgrade\n") == true)
    }

    @Test func whatAPackageSaysOfConffilesIsDropped() {
        let facts = PackageFacts(
            name: "a", qualifiedName: "a", control: "Package: a\nConffiles:\n /etc/x 1\nVersion: 1", conffiles: [],
            interests: [], overrides: [])
        let database = DpkgDatabase(packages: [facts], locked: [], architecture: "amd64")
        #expect(database.files.first?.text == "Package: a\nStatus: install ok unpacked\nVersion: 1\n")
    }

    @Test func interestsAreFiledByKind() {
        #expect(text("var/lib/dpkg/triggers/File") == "/usr/share/debianutils/shells.d debianutils/noawait\n")
        #expect(text("var/lib/dpkg/triggers/ldconfig") == "libc-bin\n")
    }

    @Test func whatLostItsSetUidBitKeepsWithoutIt() {
        #expect(text("var/lib/dpkg/statoverride") == "root #42 755 /bin/su\n")
    }

    @Test func aptKnowsWhatNobodyAskedFor() {
        #expect(
            text("var/lib/apt/extended_states")
                == "Package: libc-bin\nArchitecture: amd64\nAuto-Installed: 1\n")
    }
}
