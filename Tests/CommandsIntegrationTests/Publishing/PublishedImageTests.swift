// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage
import Testing

/// The real image with gzip and zstd layers, pushed to Debian's docker-registry with TLS and a password.
extension EndToEnd {
    @Suite(
        "The published image", .serialized,
        .enabled(if: Daemon.isPossible && PodmanHost.isPossible && SigningFixture.isPossible))
    struct PublishedImageTests {
        /// Builds and pushes `1.1.0`; `$REACH` are the options for reaching the registry.
        private static let publish = #"""
            cd "$REPOSITORY"
            $REACH "$PROGRAM" build --base --compression gzip,zstd --tag "$IMAGE:1.1.0" --push > "$BED/digest"
            cd "$BED"
            export OPENCODE_DOCKER_STORE="$BED/store"
            """#
        /// The expected output of a container.
        private static let identity = "1000\n0\n"
        private static let command = "sh -c 'id -u; sudo -n id -u; exit 42'"
        private static let options = """
            --rm --network none --cap-drop ALL --cap-add CHOWN --cap-add FOWNER --cap-add SETGID --cap-add SETUID \
            --security-opt no-new-privileges
            """

        /// A machine that pulls 1.1.0 as `latest`, and is then offered an unsigned image, an older one, and no
        /// registry.
        private static let launches = #"""
            export OPENCODE_DOCKER_ENGINE=embedded
            mkdir project; cd project
            cut="https_proxy=http://127.0.0.1:9 no_proxy="
            start() { env "$@" "$PROGRAM" run --network none -- sh -c 'echo "started as $(id -u)"' 2>> ../said; }
            refused() {
                status=0; start "$@" || status=$?
                echo "status $status: $(grep '^error:' ../said | tail -n 1 | cut -d ' ' -f 3- | sed 's/ (.*//')"
            }
            "$PROGRAM" sign "$IMAGE:1.1.0" --tag latest --key ../release.key > /dev/null
            "$PROGRAM" copy "$IMAGE:1.1.0" "$IMAGE:latest" > /dev/null
            start
            bash "$TINY_INDEX" ../other second > /dev/null 2>&1
            "$PROGRAM" push oci:../other:index "$IMAGE:1.0.1" "$IMAGE:latest" > /dev/null
            refused
            "$PROGRAM" sign "$IMAGE:1.0.1" --tag latest --key ../release.key > /dev/null
            refused
            refused OPENCODE_DOCKER_REQUIRE_FRESH=1 $cut
            : > ../said
            start $cut
            grep -c 'Using the image that was verified here before' ../said
            refused OPENCODE_DOCKER_STATE=../elsewhere $cut
            """#

        /// Runs a script beside a registry, with the store that has the image.
        private func run(
            _ script: String, _ fixture: SigningFixture, _ store: FilePath, _ environment: [String: String]
        ) async throws -> Ending {
            let variables = fixture.variables.merging(environment) { $1 }
                .merging(["OPENCODE_DOCKER_STORE": store.string, "OPENCODE_DOCKER_PROGRESS": "plain"]) { $1 }
            return try await Shell.run("set -eu; cd \"$BED\"\n\(Self.publish)\n\(script)", environment: variables)
        }

        @Test("Docker 20.10 pulls and runs the gzip image, and loads the zstd image of this program's pull")
        func docker() async throws {
            let store = try await Harness.shared.image().store
            try await Daemon.with { daemon in
                // The daemon is in its own network namespace, so the registry must be on its loopback.
                let reach = ["nsenter", "--net=\(daemon.directory)/net"]
                try await SigningFixture.empty(inside: reach) { fixture in
                    let environment = daemon.environment.merging(["REACH": reach.joined(separator: " ")]) { $1 }
                    let script = #"""
                        start() { status=0; docker run OPTIONS "$IMAGE:1.1.0" COMMAND || status=$?; test "$status" = 42; }
                        docker pull --quiet "$IMAGE:1.1.0" > /dev/null
                        test "$(docker image inspect "$IMAGE:1.1.0" --format '{{index .RepoDigests 0}}')" = "$IMAGE@$(cat digest)"
                        start
                        docker image rm "$IMAGE:1.1.0" > /dev/null
                        $REACH "$PROGRAM" pull "$IMAGE:1.1.0" --load | cmp - digest
                        start
                        ! grep -l 'tar+gzip' $(find store/blobs -size -64k -type f)
                        """#
                    let ending = try await run(Self.filled(script), fixture, store, environment)
                    #expect(ending.status == 0, "\(ending.error)")
                    #expect(ending.output == Self.identity + Self.identity)
                }
            }
        }

        @Test("Podman 4.3 pulls and runs it, also after this program's pull; skopeo copies both compressions")
        func podman() async throws {
            let store = try await Harness.shared.image().store
            try await PodmanHost.with { podman in
                try await SigningFixture.empty { fixture in
                    var environment = podman.environment.merging(["REACH": ""]) { $1 }
                    environment["HOME"] = fixture.variables["HOME"]
                    let script = #"""
                        start() { status=0; podman run OPTIONS "$IMAGE:1.1.0" COMMAND || status=$?; test "$status" = 42; }
                        podman pull --quiet --cert-dir "$CERTS" "$IMAGE:1.1.0" > /dev/null
                        start
                        podman image rm --force "$IMAGE:1.1.0" > /dev/null
                        "$PROGRAM" pull "$IMAGE:1.1.0" --load | cmp - digest
                        start
                        skopeo copy --quiet --all --src-cert-dir "$CERTS" "docker://$IMAGE:1.1.0" oci:copy:1
                        jq -r '.manifests[].digest' copy/index.json | cmp - digest
                        jq -r '.manifests[].annotations["io.github.containers.compression.zstd"]' \
                            "copy/blobs/sha256/$(sed s/sha256:// digest)"
                        bash "$NEWER_TOOLS" tools
                        tools/bin/skopeo copy --quiet --src-cert-dir "$CERTS" "docker://$IMAGE:1.1.0" dir:newer
                        jq -r '.layers[].mediaType' newer/manifest.json | sort -u
                        """#
                    let ending = try await run(Self.filled(script), fixture, store, environment)
                    #expect(ending.status == 0, "\(ending.error)")
                    let forms = "null\ntrue\n\(MediaType.layerZstd.rawValue)\n"
                    #expect(ending.output == Self.identity + Self.identity + forms)
                }
            }
        }

        private static func filled(_ script: String) -> String {
            script.replacing("OPTIONS", with: options).replacing("COMMAND", with: command)
        }

        @Test("run starts only the verified image, also without its registry")
        func run() async throws {
            let store = try await Harness.shared.image().store
            try await SigningFixture.empty { fixture in
                let ending = try await run(Self.launches, fixture, store, ["REACH": ""])
                #expect(ending.status == 0, "\(ending.error)")
                let latest = "\(fixture.host)/team/image:latest"
                #expect(
                    ending.output == """
                        started as 1000
                        status 1: image '\(latest)' is refused: it has no signature.
                        status 1: is version 1.0.1, but 1.1.0 was verified on this machine before.
                        status 1: is refused: it has no signed record of a check for security updates.
                        started as 1000
                        1
                        status 75: connect to '\(fixture.host)': cannot be reached

                        """, "\(ending.error)")
            }
        }
    }
}
