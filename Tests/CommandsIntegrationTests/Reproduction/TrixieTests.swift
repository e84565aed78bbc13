// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// The definition with `codename: trixie` and no other change.
    @Suite(.serialized)
    struct TrixieTests {
        private static let directory = Harness.directory.appending("trixie")

        private static func run(_ arguments: [String]) async throws -> Ending {
            try await Harness.run(
                arguments, store: directory.appending("store"),
                environment: [
                    "OPENCODE_DOCKER_LOCK": "\(directory)/versions.lock",
                    "OPENCODE_DOCKER_IMAGE_DIR": "\(directory)/image",
                    "OPENCODE_DOCKER_MIRROR": try await Mirror.upstream(),
                ])
        }

        @Test("A lock of Debian 12 is updated to Debian 13, and its image is built, verified and reproduced")
        func story() async throws {
            try Files.makeDirectories(Self.directory)
            try await Shell.must(
                """
                cp -a "$1/image" "$1/versions.lock" "$2/"
                sed -i 's/codename: bookworm/codename: trixie/' "$2/image/image.yaml"
                """, [Harness.repository.string, Self.directory.string])
            let early = try await Self.run(["build", "--base"])
            #expect(early.status == Core.ExitStatus.no.rawValue && early.output == "")
            let lock = try await Self.run(["resolve"])
            try #require(lock.status == 0, "\(lock.error)")
            #expect(lock.error.contains("Debian bookworm becomes trixie: all packages are updated."))
            let locked = try await Shell.must(
                "jq -c '[.codename, .archives[].id]' \"$1/versions.lock\"", [Self.directory.string])
            #expect(locked == "[\"trixie\",\"trixie\",\"trixie-updates\",\"trixie-security\"]\n")
            let build = try await Self.run(["build", "--base"])
            try #require(build.status == 0, "\(build.error)")
            let verify = try await Self.run(["verify", "--base", "--format", "json"])
            #expect(verify.status == 0, "\(verify.output.suffix(2000))")
            let same = try await Self.run(["reproduce", "--base", "--digest", build.lastLine])
            #expect(same.status == 0, "\(same.error)")
            let back = try await Self.run(["resolve", "--update-missing"])
            #expect(back.status == 0 && back.output == "Nothing changed.\n", "\(back.error)")
        }
    }
}
