// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// An image with packages that make something for each machine, built twice without anything in common but the downloads.
struct MachineImage {
    let folder: FilePath
    /// The first build's files, unpacked by umoci.
    var files: FilePath { folder.pushing("bundle/rootfs") }
    private var store: FilePath { folder.appending("store") }

    /// Builds it, and expects one digest and no warning.
    static func build(_ packages: [String], named name: String) async throws -> MachineImage {
        let image = MachineImage(folder: Bench.folder.appending("machine-\(name)"))
        let store = try await SmallImage.define(["usr-is-merged", "tini", "s6"] + packages, in: image.folder)
        let resolved = try await image.program(["resolve"], store: store)
        try #require(resolved.status == 0, "\(resolved.error)")
        let layout = image.folder.appending("layout")
        let first = try await image.program(["build", "--base", "--output", "oci:\(layout)"], store: store)
        try #require(first.status == 0, "\(first.error)")
        #expect(!first.error.contains("warning:"), "\(first.error)")
        let other = image.folder.appending("other-store")
        try await Shell.must("mkdir \"$2\" && cp -al \"$1/blobs\" \"$2/\"", [store.string, other.string])
        let second = try await image.program(["build", "--base"], store: other)
        #expect(second.status == 0 && second.lastLine == first.lastLine, "\(second.error)")
        try await Shell.must(
            "umoci unpack --image \"$1\" \"$2\"", ["\(layout):\(Bench.tag)", image.folder.appending("bundle").string])
        return image
    }

    private func program(_ arguments: [String], store: FilePath) async throws -> Ending {
        try await SmallImage.run(arguments, store: store, environment: ["SMALL": folder.string])
    }

    /// What the image starts with (OCI image-spec, config.md "Entrypoint").
    func entrypoint() async throws -> String {
        try await Shell.must(
            "skopeo inspect --config \"oci:$1:$2\" | jq -r '.config.Entrypoint | join(\" \")'",
            [folder.appending("layout").string, Bench.tag])
    }

    /// Runs `script` in a new container, as `run` starts it.
    func run(_ script: String, profile: String = "standard") async throws -> Ending {
        try await Shell.run(
            """
            mkdir -p "$FOLDER/project" "$FOLDER/state" && chown 4321:4321 "$FOLDER/project" && touch "$FOLDER/state/welcomed"
            cd "$FOLDER" && exec "$PROGRAM" run --base --engine embedded --network none --no-credentials --quiet \\
                --profile "$2" --project "$FOLDER/project" -- sh -c "$1"
            """, [script, profile],
            environment: Bench.variables(store).merging([
                "FOLDER": folder.string, "OPENCODE_DOCKER_STATE": "\(folder)/state",
                "OPENCODE_DOCKER_IMAGE_DIR": "\(folder)/image", "OPENCODE_DOCKER_LOCK": "\(folder)/versions.lock",
            ]) { $1 })
    }
}
