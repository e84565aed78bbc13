// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// Machines whose apt uses other releases, or none: every Debian mirror has the packages of all releases.
    @Suite(.serialized)
    struct OtherHostTests {
        /// Runs the program with other apt sources, in a private mount namespace.
        private static func run(
            _ arguments: [String], sources: String, named name: String = "debian.sources", store: FilePath
        ) async throws -> Ending {
            let directory = Harness.directory.appending("apt-\(Files.uniqueSuffix())")
            try Files.makeDirectories(directory)
            try Files.write(Array(sources.utf8), to: directory.appending(name))
            return try await SmallImage.run(
                arguments, store: store, environment: ["SOURCES": directory.string],
                script: """
                    exec unshare --mount --propagation private sh -c '
                        mount --bind "$SOURCES" /etc/apt/sources.list.d
                        [ ! -e /etc/apt/sources.list ] || mount --bind /dev/null /etc/apt/sources.list
                        exec "$PROGRAM" "$@"' sh "$@"
                    """)
        }

        private static func paragraphs(_ suite: String) async throws -> String {
            let mirror = try await Mirror.upstream()
            return """
                Types: deb
                URIs: \(mirror)/debian
                Suites: \(suite) \(suite)-updates
                Components: main
                Signed-By: /usr/share/keyrings/debian-archive-keyring.pgp

                Types: deb
                URIs: \(mirror)/debian-security
                Suites: \(suite)-security
                Components: main
                Signed-By: /usr/share/keyrings/debian-archive-keyring.pgp

                """
        }

        @Test(
            "sources of another release, or of a release by its age, serve this one", arguments: ["sid", "oldstable"])
        func otherRelease(_ suite: String) async throws {
            _ = try await SmallImage.shared.image()
            let sources = try await Self.paragraphs(suite)
            let store = SmallImage.directory.appending("host-\(suite)")
            let nowhere = ["--quiet", "--snapshot", "http://127.0.0.1:9"]
            let lock = try await Self.run(
                ["resolve", "--lock", "\(store).lock"] + nowhere, sources: sources, store: store)
            #expect(lock.status == 0, "\(lock.error)")
            let context = try await Self.run(
                ["context", "--base", "--file", "\(store).tar"] + nowhere, sources: sources, store: store)
            #expect(context.status == 0, "\(context.error)")
        }

        @Test("Without a Debian mirror the hint shows how to name one, and unusable sources are counted and listed")
        func nothing() async throws {
            _ = try await SmallImage.shared.image()
            let store = SmallImage.directory.appending("host-none")
            let arguments = ["context", "--base", "--file", "\(store).tar", "--snapshot", "http://127.0.0.1:9"]
            let sources = """
                deb http://archive.example/ubuntu noble main
                deb cdrom:[Debian]/ bookworm main
                deb mirror+https://archive.example/list bookworm main
                """
            let ending = try await Self.run(arguments, sources: sources, named: "a.list", store: store)
            #expect(ending.status == 75)
            #expect(ending.error.contains("2 entries of apt's sources name no usable mirror (--verbose"))
            #expect(ending.error.contains(" more from 127.0.0.1:9: cannot be reached.\n"))
            #expect(ending.error.contains("Any Debian mirror works, as in `--mirror https://mirror.example`"))
            let verbose = try await Self.run(arguments + ["-v"], sources: sources, named: "a.list", store: store)
            #expect(verbose.error.contains("a.list:2: only apt itself downloads by the method 'cdrom'\n"))
            #expect(verbose.error.contains("a.list:3: only apt itself downloads by the method 'mirror+https'\n"))
        }
    }
}
