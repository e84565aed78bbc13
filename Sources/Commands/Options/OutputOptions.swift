// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Where an image goes besides the images of the store.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: .init(
            "Also write it to oci:DIR or docker-archive:FILE; may be repeated. [environment: OPENCODE_DOCKER_OUTPUT]",
            valueName: "kind:path"))
    var output: [String] = []

    @Flag(
        help: "Also load it into Docker, or into Podman where there is no Docker. [environment: OPENCODE_DOCKER_LOAD=1]"
    )
    var load = false

    /// The places that `--output` names.
    ///
    /// - Throws: `CommandError.unknownOutput`.
    func destinations() throws -> [OutputDestination] { try output.map { try OutputDestination($0) } }
}
