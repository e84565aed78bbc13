// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage
import Testing

extension EndToEnd {
    /// An image for another architecture, and for two.
    @Suite(.serialized, .enabled(if: ForeignMachine.isPossible))
    struct PlatformTests {
        private static let directory = Harness.directory.appending("platforms")
        private static let options = ["--image-dir", "\(directory)/image", "--lock", "\(directory)/versions.lock"]

        @Test("Without an emulator a build with existing layers fails with one error message")
        func noEmulator() async throws {
            let store = try await prepared()
            let arguments = ["--base", "--platform", "linux/arm64", "--quiet"] + Self.options
            let context = try await Harness.run(
                ["context", "--file", "\(Self.directory)/context.tar"] + arguments, store: store)
            #expect(context.status == 0, "\(context.error)")
            let build = try await ForeignMachine.without {
                try await Harness.run(["build"] + arguments, store: store)
            }
            #expect(build.status == Core.ExitStatus.broken.rawValue && build.output == "")
            let lines = build.error.split(separator: "\n")
            #expect(lines.count == 2, "\(build.error)")
            #expect(lines.first == "error: This machine cannot run programs for linux/arm64.")
            #expect(lines.last?.hasPrefix("hint: Install an emulator (`apt-get install qemu-user-static") == true)
        }

        @Test("Without an emulator nothing is downloaded or unpacked")
        func earlyRefusal() async throws {
            _ = try await prepared()
            let store = Self.directory.appending("empty-store")
            let build = try await ForeignMachine.without {
                try await Harness.run(
                    ["build", "--base", "--platform", "linux/arm64", "--quiet"] + Self.options, store: store)
            }
            #expect(build.status == Core.ExitStatus.broken.rawValue)
            #expect(build.error.hasPrefix("error: This machine cannot run programs for linux/arm64.\n"))
            #expect(!Files.exists(store.appending("layers")))
            #expect(try Files.list(store.pushing("blobs/sha256")).isEmpty)
        }

        /// The base system only: configuring it under qemu takes one minute instead of five.
        @Test("One index for two platforms; run and verify choose the right image")
        func index() async throws {
            let store = try await prepared()
            let layout = Self.directory.appending("layout")
            let archive = Self.directory.appending("image.tar")
            let build = try await ForeignMachine.with {
                try await Harness.run(
                    ["build", "--base", "--platform", "linux/arm64,linux/amd64", "--output", "oci:\(layout)"]
                        + ["--output", "docker-archive:\(archive)"] + Self.options, store: store)
            }
            try #require(build.status == 0, "\(build.error)")
            #expect(build.error.contains("scripts are for linux/arm64, emulated by "))
            #expect(build.error.contains("An archive for `docker load` holds one platform: linux/amd64."))
            let config = try await Shell.must("skopeo inspect --config \"docker-archive:$1\"", [archive.string])
            #expect(config.contains("\"amd64\"") && !config.contains("\"arm64\""))
            try await expectIndex(layout, digest: build.lastLine)
            for architecture in ["amd64", "arm64"] { try await expectPackages(layout, architecture) }
            try await expectRuns(store)
        }

        /// The definition of the image with the fewest packages, its lock, and a store for both tests.
        private func prepared() async throws -> FilePath {
            let store = Self.directory.appending("store")
            guard !Files.exists(store) else { return store }
            let program = FilePath(#filePath).removingLastComponent().pushing("Fixtures/small-definition.py")
            try await Shell.must(
                "mkdir -p \"$2\" && cp -a \"$1\" \"$2/image\" && python3 \"$3\" \"$2/image/image.yaml\"",
                [Harness.repository.appending("image").string, Self.directory.string, program.string])
            let warm = try await Harness.shared.warmStore("store", layers: false, in: Self.directory)
            let lock = try await Harness.run(["resolve"] + Self.options, store: warm)
            try #require(lock.status == 0, "\(lock.error)")
            return warm
        }

        /// Expects that skopeo finds each platform's image through the index.
        private func expectIndex(_ layout: FilePath, digest: String) async throws {
            let script = """
                image="oci:$1:small:\(Harness.version)-base"
                skopeo inspect --raw "$image" | sha256sum | sed 's/^/sha256:/; s/ .*//'
                skopeo inspect --raw "$image" | jq -r '.manifests[].platform | .os + "/" + .architecture'
                for architecture in amd64 arm64; do
                    skopeo inspect --config --override-arch "$architecture" "$image" | jq -r .architecture
                done
                """
            let said = try await Shell.must(script, [layout.string])
            #expect(said.split(separator: "\n") == [Substring(digest), "linux/amd64", "linux/arm64", "amd64", "arm64"])
        }

        /// Expects that dpkg's own database, unpacked by umoci, equals the lock.
        private func expectPackages(_ layout: FilePath, _ architecture: String) async throws {
            let script = """
                set -e; cd "$1"
                skopeo copy --quiet --override-arch "$2" oci:layout:small:\(Harness.version)-base "oci:only-$2:it"
                umoci raw unpack --image "only-$2:it" "files-$2" 2> /dev/null
                dpkg-query --admindir="files-$2/var/lib/dpkg" -W -f '${Package} ${Version} ${Architecture} ${db:Status-Abbrev}\\n' \
                    | sed 's/ $//' | sort > "installed-$2"
                jq -r ".architectures.$2[] | .name + \\" \\" + .version + \\" \\" + .architecture + \\" ii\\"" versions.lock \
                    | sort > "locked-$2"
                diff "installed-$2" "locked-$2" && wc -l < "locked-$2"
                file -L "files-$2/usr/bin/dash"
                """
            let said = try await Shell.must(script, [Self.directory.string, architecture])
            let lines = said.split(separator: "\n")
            #expect(Int(lines[0]) ?? 0 > 80, "\(said)")
            #expect(lines[1].contains(architecture == "arm64" ? "ARM aarch64" : "x86-64"), "\(said)")
        }

        /// Expects that the machine's own image is used unless another one is named, with a note about emulation.
        private func expectRuns(_ store: FilePath) async throws {
            let project = Self.directory.appending("project")
            try Files.makeDirectories(project)
            let environment = ["OPENCODE_DOCKER_STATE": "\(Self.directory)/state"]
            let run =
                ["run", "--base", "--engine", "embedded", "--network", "none", "--project", project.string]
                + Self.options.prefix(2)
            let command = ["--", "sh", "-c", "uname -m; sudo id -u"]
            let own = try await Harness.run(run + command, store: store, environment: environment)
            #expect(own.output == "x86_64\n0\n", "\(own.error)")
            #expect(!own.error.contains("emulated"))
            try await ForeignMachine.with {
                let foreign = try await Harness.run(
                    run + ["--platform", "linux/arm64"] + command, store: store, environment: environment)
                #expect(foreign.output == "aarch64\n0\n", "\(foreign.error)")
                #expect(foreign.error.contains("The image is for linux/arm64, emulated by "))
                let verify = try await Harness.run(
                    ["verify", "--base", "--offline", "--platform", "linux/arm64"] + Self.options, store: store)
                #expect(verify.output.contains("platform linux/arm64, emulated by "), "\(verify.error)")
            }
        }
    }
}
