// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// Changes by a planted package's script before dpkg configures the package: the final files are dpkg's.
    @Suite(.serialized)
    struct FileAuditTests {
        /// It removes its own file, which dpkg restores.
        @Test func aPreinstThatRemovesItsOwnFile() async throws {
            let planted = try await PlantedPackage.plant(
                "less", named: "removed",
                change: """
                    printf '#!/bin/sh\\ncd /usr/bin; rm -f less?ipe\\n' > DEBIAN/preinst; chmod 755 DEBIAN/preinst
                    """)
            let files = try await build(planted, "removed")
            #expect(Files.exists(files.pushing("usr/bin/lesspipe")))
        }

        /// It replaces its own directory by a link, which dpkg follows.
        @Test func aPreinstThatPutsALinkThere() async throws {
            let planted = try await PlantedPackage.plant(
                "less", named: "linked",
                change: """
                    mkdir -p usr/share/less; echo > usr/share/less/file
                    printf '#!/bin/sh\nmkdir /srv/less; ln -s /srv/less /usr/share/less\n' > DEBIAN/preinst
                    chmod 755 DEBIAN/preinst
                    """)
            let files = try await build(planted, "linked")
            #expect(try Files.target(of: files.pushing("usr/share/less")) == "/srv/less")
            #expect(Files.exists(files.pushing("srv/less/file")))
        }

        /// Shipped files are kept, although scripts' files with such names are removed.
        @Test func filesThatLookLikeTraces() async throws {
            let paths = ["etc/less.dpkg-dist", "usr/sbin/policy-rc.d", "var/cache/man/less", "var/log/less.log"]
            let planted = try await PlantedPackage.plant(
                "less", named: "traces",
                change: "for file in \(paths.joined(separator: " ")); do mkdir -p ${file%/*}; echo $file > $file; done")
            let files = try await build(planted, "traces", again: false)
            for path in paths {
                let bytes = try? Files.read(files.pushing(FilePath(path)), limit: 100)
                #expect(bytes == Array("\(path)\n".utf8), "\(path)")
            }
        }

        /// Names that layers cannot represent.
        @Test(arguments: [
            (
                ": > /usr/share/.wh..wh..opq",
                "'/usr/share/.wh..wh..opq', made by the postinst script of 'less', has a name"
            ),
            ("touch \"$(printf '/usr/share/\\377')\"", "has a name that is not UTF-8, which a layer cannot have."),
        ])
        func aNameThatNoLayerHas(script: String, sentence: String) async throws {
            let name = script.hasPrefix(":") ? "whiteout" : "no-text"
            let planted = try await PlantedPackage.plant(
                "less", named: name,
                change:
                    "printf '#!/bin/sh\nset -e\n' > DEBIAN/postinst; echo '\(script.replacing("'", with: "'\\''"))' >> DEBIAN/postinst"
            )
            let ending = try await planted.run(["build", "--base", "--quiet"])
            #expect(ending.status == 2)
            #expect(ending.error.contains(sentence), "\(ending.error)")
        }

        /// What scripts give to files and no layer keeps is named, also with `--quiet`.
        @Test func aLinkBetweenTheStateLayers() async throws {
            let planted = try await PlantedPackage.plant(
                "less", named: "links",
                change: """
                    printf '#!/bin/sh\\necho > /var/lib/less; ln /var/lib/less /usr/share/less.link\\n' > DEBIAN/postinst
                    """)
            let ending = try await planted.run(["build", "--base", "--quiet"])
            #expect(ending.status == 0)
            #expect(ending.error.contains("scripts made hard links between /usr and the rest: '/var/lib/less'."))
        }

        /// The only package that ships `/opt` finds the directory there, and not its own file in it.
        @Test func aPreinstThatListsOpt() async throws {
            let planted = try await PlantedPackage.plant(
                "less", named: "opt",
                change: """
                    mkdir -p opt/less; echo > opt/less/file
                    printf '#!/bin/sh\\n[ -d /opt ] && [ ! -e /opt/less ]\\n' > DEBIAN/preinst; chmod 755 DEBIAN/preinst
                    """)
            let files = try await build(planted, "opt", again: false)
            #expect(Files.exists(files.pushing("opt/less/file")))
        }

        /// Another package's file, diverted but not renamed: dpkg unpacks it to the diverted name.
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

        /// A file of another package, without a declared conflict.
        @Test func aConflict() async throws {
            let planted = try await PlantedPackage.plant(
                "less", named: "conflict", change: "mkdir -p usr/bin; echo > usr/bin/ssh")
            let ending = try await planted.run(["build", "--base"])
            #expect(ending.status == 2)
            #expect(
                ending.error.contains(
                    "The packages less and openssh-client ship the same file, '/usr/bin/ssh', and neither replaces the other's files."
                ))
        }

        /// A file of another package, and a script that mentions a diversion but makes none: dpkg detects the conflict
        /// while unpacking.
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

        /// An engine runs the configure program once: a package that needs another round is refused, with the path.
        @Test(.enabled(if: PodmanHost.isPossible)) func anEngineRefuses() async throws {
            let planted = try await PlantedPackage.plant(
                "less", named: "refused",
                change: """
                    printf '#!/bin/sh\ncd /usr/bin; rm -f less?ipe\n' > DEBIAN/preinst; chmod 755 DEBIAN/preinst
                    """)
            let ending = try await PodmanHost.with { fixture in
                try await planted.run(["build", "--base", "--engine", "podman"], environment: fixture.environment)
            }
            #expect(ending.status == 2)
            #expect(
                ending.error.contains(
                    "the package less needs dpkg's own unpacking because of '/usr/bin/lesspipe', which only the embedded engine"
                ), "\(ending.error)")
        }

        private func build(_ planted: PlantedPackage, _ name: String, again: Bool = true) async throws -> FilePath {
            let layout = SmallImage.directory.appending("\(name)-layout")
            let ending = try await planted.run(["build", "--base", "--output", "oci:\(layout)"])
            try #require(ending.status == 0, "\(ending.error)")
            #expect(ending.error.contains("needs dpkg's own unpacking") == again, "\(ending.error)")
            let bundle = SmallImage.directory.appending("\(name)-bundle")
            try await Shell.must("umoci unpack --image \"$1\" \"$2\"", ["\(layout):\(SmallImage.tag)", bundle.string])
            return bundle.appending("rootfs")
        }
    }
}
