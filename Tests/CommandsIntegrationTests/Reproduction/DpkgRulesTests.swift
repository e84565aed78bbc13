// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// Packages that need dpkg's rules for files: what their image is like.
struct PackageSet: CustomTestStringConvertible, Sendable {
    let packages: [String]
    /// What may differ from mmdebstrap, as in `Fixtures/mmdebstrap-differences`.
    var differences = ""
    /// What `dpkg --verify` says in mmdebstrap's root, too.
    var altered = ""

    var testDescription: String { packages.joined(separator: " ") }

    /// Builds the set's image and compares it with what mmdebstrap makes.
    func check() async throws {
        let folder = Bench.folder.appending("set-\(packages.joined(separator: "-"))")
        defer { try? Files.removeTree(folder) }
        let image = try await SmallImage.define(["usr-is-merged"] + packages, in: folder)
        let layout = folder.appending("layout")
        for arguments in [["resolve"], ["build", "--base", "--output", "oci:\(layout)"]] {
            let ending = try await SmallImage.run(
                arguments, store: image, environment: ["SMALL": folder.string])
            try #require(ending.status == 0, "\(ending.error)")
        }
        try await Shell.must("umoci unpack --image \"$1\" \"$2\"", ["\(layout):\(Bench.tag)", "\(folder)/bundle"])
        let files = folder.pushing("bundle/rootfs")
        let oracle = Oracle(
            store: image, lock: folder.appending("versions.lock"), work: folder.appending("oracle"),
            differences: differences)
        try await oracle.compare(files, leastFiles: 3000)
        #expect(
            try await Shell.must("chroot \"$1\" dpkg --verify; chroot \"$1\" dpkg --audit", [files.string]) == altered)
    }
}

extension EndToEnd {
    /// A diversion of a file that both packages ship. mmdebstrap is the judge.
    @Suite(.serialized, .enabled(if: Oracle.isPossible))
    struct DiversionTests {
        @Test func theRightProgramHasTheName() async throws {
            try await PackageSet(packages: ["moreutils", "parallel"]).check()
        }
    }

    /// The slow ones.
    @Suite(.serialized, .enabled(if: Oracle.isPossible))
    struct DpkgRulesTests {
        private static let sets = [
            PackageSet(packages: ["zutils"]), PackageSet(packages: ["vim", "vim-tiny"]),
            // update-initramfs is diverted by a link, which dpkg takes for initramfs-tools' file.
            PackageSet(packages: ["live-tools"], altered: "?M5??????   /usr/sbin/update-initramfs\n"),
            PackageSet(packages: ["perl", "perl-doc"]),
            PackageSet(
                packages: ["texlive-base"],
                differences: """
                    contents var/lib/texmf/*.fmt   has the time of its making
                    contents var/lib/texmf/*.base  has the time of its making
                    contents var/lib/texmf/*.log   has the time of its making
                    contents var/lib/texmf/ls-R    in the order in which the file system lists
                    """),
            PackageSet(
                packages: ["default-jdk-headless"],
                differences: "contents etc/ssl/certs/java/cacerts  has the time of its making"),
        ]

        @Test(arguments: sets) func theSameFilesAsMmdebstraps(set: PackageSet) async throws { try await set.check() }
    }

    /// What a script of a planted package does before dpkg configures it: the files are dpkg's in the end.
    @Suite(.serialized)
    struct FileAuditTests {
        /// Its own file, removed: as dpkg would leave it, it is there.
        @Test func aPreinstThatRemovesItsOwnFile() async throws {
            let planted = try await PlantedPackage.plant(
                "less", named: "removed",
                change: """
                    printf '#!/bin/sh\\ncd /usr/bin; rm -f lesspipe\\n' > DEBIAN/preinst; chmod 755 DEBIAN/preinst
                    """)
            let files = try await build(planted, "removed")
            #expect(Files.exists(files.pushing("usr/bin/lesspipe")))
        }

        /// Another package's file, diverted and not renamed: dpkg unpacks that one to the other name.
        @Test func aDiversionThatRenamesNothing() async throws {
            let planted = try await PlantedPackage.plant(
                "less", named: "diverted",
                change: """
                    printf '#!/bin/sh\\ndpkg-divert --package less --no-rename --divert /usr/bin/ssh.real --add /usr/bin/ssh\\n' \\
                        > DEBIAN/preinst; chmod 755 DEBIAN/preinst
                    """)
            let files = try await build(planted, "diverted")
            #expect(Files.exists(files.pushing("usr/bin/ssh.real")) && !Files.exists(files.pushing("usr/bin/ssh")))
        }

        /// A file of another package, and no word about it.
        @Test func aConflict() async throws {
            let planted = try await PlantedPackage.plant(
                "less", named: "conflict", change: "mkdir -p usr/bin; echo > usr/bin/ssh")
            let ending = try await planted.run(["build", "--base"])
            #expect(ending.status == 2)
            #expect(
                ending.error.contains(
                    "The packages less and openssh-client ship the same file, '/usr/bin/ssh', and none replaces the other's."
                ))
        }

        private func build(_ planted: PlantedPackage, _ name: String) async throws -> FilePath {
            let layout = SmallImage.folder.appending("\(name)-layout")
            let ending = try await planted.run(["build", "--base", "--output", "oci:\(layout)"])
            try #require(ending.status == 0, "\(ending.error)")
            #expect(ending.error.contains("needs dpkg's own unpacking"), "\(ending.error)")
            let bundle = SmallImage.folder.appending("\(name)-bundle")
            try await Shell.must("umoci unpack --image \"$1\" \"$2\"", ["\(layout):\(Bench.tag)", bundle.string])
            return bundle.appending("rootfs")
        }
    }
}
