// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// An image with packages that create machine-specific files, built twice with only the downloads in common.
struct MachineImage {
    let directory: FilePath
    /// The first build's files, unpacked by umoci.
    var files: FilePath { directory.pushing("bundle/rootfs") }
    private var store: FilePath { directory.appending("store") }

    /// Builds the image, and expects one digest and no warning.
    static func build(_ packages: [String], named name: String) async throws -> MachineImage {
        let image = MachineImage(directory: Harness.directory.appending("machine-\(name)"))
        let store = try await SmallImage.define(["usr-is-merged", "tini", "s6"] + packages, in: image.directory)
        let resolved = try await image.program(["resolve"], store: store)
        try #require(resolved.status == 0, "\(resolved.error)")
        let layout = image.directory.appending("layout")
        let first = try await image.program(["build", "--base", "--output", "oci:\(layout)"], store: store)
        try #require(first.status == 0, "\(first.error)")
        #expect(!first.error.contains("warning:"), "\(first.error)")
        let other = image.directory.appending("other-store")
        try await Shell.must("mkdir \"$2\" && cp -al \"$1/blobs\" \"$2/\"", [store.string, other.string])
        let second = try await image.program(["build", "--base"], store: other)
        #expect(second.status == 0 && second.lastLine == first.lastLine, "\(second.error)")
        try await Shell.must(
            "umoci unpack --image \"$1\" \"$2\"",
            ["\(layout):\(SmallImage.tag)", image.directory.appending("bundle").string])
        return image
    }

    private func program(_ arguments: [String], store: FilePath) async throws -> Ending {
        try await SmallImage.run(arguments, store: store, environment: ["SMALL": directory.string])
    }

    /// The image's entrypoint (OCI image-spec, config.md "Entrypoint").
    func entrypoint() async throws -> String {
        try await Shell.must(
            "skopeo inspect --config \"oci:$1:$2\" | jq -r '.config.Entrypoint | join(\" \")'",
            [directory.appending("layout").string, SmallImage.tag])
    }

    /// Runs `script` in a new container, as `run` starts it.
    func run(_ script: String, profile: String = "standard") async throws -> Ending {
        try await Shell.run(
            """
            mkdir -p "$DIRECTORY/project" "$DIRECTORY/state" && chown 4321:4321 "$DIRECTORY/project" && touch "$DIRECTORY/state/welcomed"
            cd "$DIRECTORY" && exec "$PROGRAM" run --base --engine embedded --network none --no-credentials --quiet \\
                --profile "$2" --project "$DIRECTORY/project" -- sh -c "$1"
            """, [script, profile],
            environment: Harness.variables(store).merging([
                "DIRECTORY": directory.string, "OPENCODE_DOCKER_STATE": "\(directory)/state",
                "OPENCODE_DOCKER_IMAGE_DIR": "\(directory)/image", "OPENCODE_DOCKER_LOCK": "\(directory)/versions.lock",
            ]) { $1 })
    }
}
