// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
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

        /// A file of another package, and a script that speaks of a diversion and makes none: dpkg sees it while it unpacks.
        @Test func aConflictThatOnlyDpkgSees() async throws {
            let planted = try await PlantedPackage.plant(
                "less", named: "undiverted",
                change: """
                    mkdir -p usr/bin; echo > usr/bin/ssh
                    printf '#!/bin/sh\n: dpkg-divert\n' > DEBIAN/preinst; chmod 755 DEBIAN/preinst
                    """)
            let ending = try await planted.run(["build", "--base", "--quiet"])
            #expect(ending.status == 2)
            #expect(
                ending.error.contains(
                    "dpkg refuses openssh-client: trying to overwrite '/usr/bin/ssh', which is also in package less"),
                "\(ending.error)")
        }

        /// An engine runs the configure program once: what would need another round is refused, and the path named.
        @Test(.enabled(if: PodmanBed.isPossible)) func anEngineRefuses() async throws {
            let planted = try await PlantedPackage.plant(
                "less", named: "refused",
                change: """
                    printf '#!/bin/sh\ncd /usr/bin; rm -f lesspipe\n' > DEBIAN/preinst; chmod 755 DEBIAN/preinst
                    """)
            let ending = try await PodmanBed.with { bed in
                try await planted.run(["build", "--base", "--engine", "podman"], environment: bed.environment)
            }
            #expect(ending.status == 2)
            #expect(
                ending.error.contains(
                    "the package less needs dpkg's own unpacking because of '/usr/bin/lesspipe', which only the embedded engine"
                ), "\(ending.error)")
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
