// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// The image of a definition, and custom images.
extension RunCheck {
    /// Two definitions with one name: each starts its own image, and one that is not its own is named. The second has
    /// contents that no earlier run of this check left in the store.
    @Sendable static func names(_ harness: RunHarness) async throws {
        guard !harness.isOrdinary else { return }
        let script = """
            own=$HOME/own; mkdir "$own"; cp -a "$1/image" "$1/versions.lock" "$own"
            sed -i 's/^environment:/&\\n  OWN: "yes"/' "$own/image/image.yaml"
            build() { "$PROGRAM" build --base --image-dir "$own/image" "$@" > /dev/null 2>> err; }
            start() { "$PROGRAM" run --network none "$@" -- sh -c 'echo "${OWN:-stock}"' 2>> err; }
            look() { grep -c "another definition or lock than '$own/image'" err; }
            build; start; start --image-dir "$own/image"; look
            sed -i "s/^title: /&My $$ /" "$own/image/image.yaml"; start --image-dir "$own/image"; look
            build --tag my/own:1; start --image-dir "$own/image"; look; start; rm err
            """
        let ending = try await harness.host(script, [Harness.repository.string])
        // An engine's own image of another definition is not started.
        let changed = harness.engine == "embedded" ? "yes\n" : ""
        #expect(
            ending.output == "stock\nyes\n0\n\(changed)1\nyes\n1\nstock\n",
            "\(harness.engine) \(ending.output) \(ending.error)")
    }

    /// A custom image in a layout and in an archive, made by skopeo and umoci, with its own settings and files; what
    /// is no such image is named.
    @Sendable static func userImages(_ harness: RunHarness) async throws {
        guard !harness.isOrdinary else { return }
        let script = """
            skopeo copy --quiet "oci:$OPENCODE_DOCKER_STORE/images:$1" "oci:$HOME/l:own"; cd "$HOME"
            umoci config --image l:own --config.env "PATH=/opt/bin:$PATH" --config.env OWN=yes
            echo hello > own; umoci insert --image l:own own /opt/own > /dev/null
            umoci insert --image l:own --whiteout /usr/share/doc/tini > /dev/null
            skopeo copy --quiet oci:l:own oci:untagged; skopeo copy --quiet oci:l:own docker-archive:a.tar
            start() { "$PROGRAM" run --project "$PROJECT" --network none --user-image "$@" 2> err; }
            for image in oci:l oci:l:own oci:untagged docker-archive:a.tar; do
                start "$image" -- sh -c 'cat /opt/own; echo "$OWN $(id -u) ${PATH%%:*}"; ls -d /usr/share/doc/tini /usr/share/doc/s6'
            done
            bad() { start "$1" -- true; echo $?; grep -c "$2" err; }
            bad oci:none "Cannot read 'none'"; bad docker-archive:none "Cannot read 'none'"
            bad oci:untagged:x "no image 'x'"
            umoci tag --image l:own other; umoci config --image l:other --clear=config.entrypoint
            bad oci:l "several images"; bad oci:l:other "does not start '/usr/local/libexec/"
            umoci config --image l:other --architecture arm64; bad oci:l:other 'does not exist for'
            umoci insert --image l:own own /opt/new > /dev/null
            manifest=$(jq -r '.manifests[] | select(.annotations[] == "own").digest' l/index.json)
            layer=$(jq -r '.layers[-1].digest' "l/blobs/sha256/${manifest#*:}")
            printf x | dd of="l/blobs/sha256/${layer#*:}" bs=1 seek=9 conv=notrunc status=none
            bad oci:l:own 'does not match its digest'
            """
        let ending = try await harness.host(script, [Harness.tag])
        let good = "hello\nyes \(RunHarness.owner) /opt/bin\n/usr/share/doc/s6\n"
        #expect(
            ending.output == String(repeating: good, count: 4) + String(repeating: "2\n1\n", count: 7),
            "\(harness.engine) \(ending.output) \(ending.error)")
    }

    /// Engines' own images on the embedded engine, and an image that only an engine has.
    @Sendable static func engineImages(_ harness: RunHarness) async throws {
        guard harness.engine != "embedded" else { return }
        let place = harness.engine == "docker" ? "docker-daemon" : "containers-storage"
        let script = """
            "$PROGRAM" run --network none -- true 2> err; "$2" tag "$1" own:1
            start() { "$PROGRAM" run --network none "$@" -- sh -c 'id -u; echo "$PATH" | grep -c sbin'; }
            start --engine embedded --user-image "$3:own:1"; start --user-image "$3:own:1"
            OPENCODE_DOCKER_STORE=$HOME/empty; export OPENCODE_DOCKER_STORE; start 2> err; grep -c "Image: '$1' of $2" err
            printf 'FROM own:1\\nLABEL opencode-docker.inputs=other\\n' > "$HOME/Dockerfile"
            "$2" build --quiet --network none --tag "$1" - < "$HOME/Dockerfile" > /dev/null
            start 2> err; echo $?; grep -c "that of $2 was built from another" err; rm err
            "$2" rmi --force own:1 "$1" > /dev/null
            """
        let ending = try await harness.host(script, [Harness.tag, harness.engine, place])
        let own = "\(RunHarness.owner)\n1\n"
        #expect(ending.output == own + own + own + "1\n2\n1\n", "\(harness.engine) \(ending.output) \(ending.error)")
    }
}
