// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import SystemPackage
import Testing

extension EndToEnd {
    /// Podman for an ordinary user.
    @Suite(.serialized, .enabled(if: PodmanHost.isPossible && Files.exists("/usr/bin/slirp4netns")))
    struct OrdinaryUserTests {
        @Test("Rootless Podman isolates the image as rootful Podman does, except for unenforceable limits")
        func podman() async throws {
            let image = try await Harness.shared.image()
            let directory = FilePath("/tmp/ou-\(Files.uniqueSuffix())")
            let fixture = PodmanHost(directory: directory, user: "daemon")
            defer { try? Files.removeTree(directory) }
            try await fixture.prepare()
            let ending = try await Shell.run(
                Self.script,
                [directory.string, image.archive.string, Harness.program.string, Harness.repository.string],
                environment: fixture.environment.merging(["NO_COLOR": "1"]) { $1 })
            let red = ending.output.split(separator: "\n").filter { $0.hasPrefix("C") && $0.contains(" red ") }
            #expect(
                ending.output.contains("engine podman") && ending.output.contains("rootless yes"), "\(ending.error)")
            if try HostFacts.current().cgroups == .unified {
                #expect(ending.output.contains("limits kept"))
                #expect(ending.status == 0 && red.isEmpty, "\(ending.output)")
            } else {
                #expect(ending.output.contains("limits not kept (an ordinary user has no control groups here)"))
                #expect(ending.output.contains("cg.pids_max as agent: expected value:1024"))
                #expect(ending.status == Core.ExitStatus.no.rawValue)
                #expect(red.count == 1 && red.allSatisfy { $0.hasPrefix("C26 ") }, "\(ending.output)")
            }
        }

        @Test("Podman with too few subordinate IDs, then with ones that it does not use, then with them")
        func subordinateIDs() async throws {
            let directory = FilePath("/tmp/ou-\(Files.uniqueSuffix())")
            let fixture = PodmanHost(directory: directory, user: "daemon")
            defer { try? Files.removeTree(directory) }
            try await fixture.prepare()
            let ending = try await Shell.run(
                Self.idScript, [directory.string, Harness.program.string, Harness.repository.string],
                environment: fixture.environment.merging(["NO_COLOR": "1"]) { $1 })
            let lines = ending.output.split(separator: "\n")
            let said = lines.indices.filter { lines[$0].contains("  podman") }.flatMap { lines[$0...].prefix(2) }
            try #require(said.count == 6, "\(ending.output)\(ending.error)")
            #expect(
                said[0].contains("podman: The user 'daemon' has no range of 65536 subordinate IDs in '/etc/subuid'."))
            #expect(said[1].contains("usermod --add-subuids") && said[1].contains("podman system migrate"))
            #expect(said[2].contains("podman: Podman does not use the subordinate IDs of the user 'daemon' yet."))
            #expect(said[3].contains("fix: Run `podman system migrate`"))
            #expect(said[4].hasPrefix("good  podman ") && said[4].hasSuffix(" answers (rootless)"))
        }

        /// In a mount namespace, so that the machine's files stay.
        private static let idScript = """
            cp "$2" "$1/tmp/opencode-docker" && cp -r "$3/image" "$3/versions.lock" "$1/tmp/" || exit 99
            chmod -R go+rX "$1/tmp"
            exec unshare --mount --propagation private sh -c '
                echo daemon:100000:10 > "$1/subid" && mount --bind "$1/subid" /etc/subuid && mount --bind "$1/subid" /etc/subgid || exit 98
                daemon() { setpriv --reuid daemon --regid "$(id -g daemon)" --clear-groups "$@"; }
                doctor() { (cd "$1/tmp" && OPENCODE_DOCKER_STORE=$1/store daemon ./opencode-docker doctor); }
                doctor "$1"
                echo daemon:100000:65536 > "$1/subid"
                doctor "$1"
                daemon podman system migrate
                doctor "$1"
                daemon podman unshare rm -rf "$1/root"; daemon podman system migrate' sh "$1"
            """

        /// In a mount namespace where the user `daemon` has subordinate IDs and may open the network's device, as on
        /// every desktop. Podman's helper process keeps that namespace alive, so it is ended too.
        private static let script = """
            cp "$3" "$3-probe" "$1/tmp/" && cp -r "$4/image" "$4/versions.lock" "$1/tmp/" && ln "$2" "$1/tmp/image.tar" \
                2> /dev/null || cp "$2" "$1/tmp/image.tar" || exit 99
            chmod -R go+rX "$1/tmp"
            exec unshare --mount --propagation private sh -c '
                echo daemon:100000:65536 > "$1/subid" && mount --bind "$1/subid" /etc/subuid &&
                mount --bind "$1/subid" /etc/subgid && mknod "$1/tun" c 10 200 && chmod 666 "$1/tun" &&
                mount --bind "$1/tun" /dev/net/tun &&
                exec setpriv --reuid daemon --regid "$(id -g daemon)" --clear-groups sh -c "$2" sh "$1"' sh "$1" '
                cd "$1/tmp" || exit 99
                podman load --quiet --input image.tar > /dev/null || exit 98
                OPENCODE_DOCKER_STORE=$1/store ./opencode-docker verify --base --offline --engine podman
                status=$?
                left=$(podman ps --all --quiet); [ -z "$left" ] || status=97
                podman unshare rm -rf "$1/root"; podman system migrate > /dev/null 2>&1
                exit $status'
            """
    }
}
