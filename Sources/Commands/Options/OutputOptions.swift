// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ImageBuilding

/// The outputs of an image besides the store.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: .init(
            "Also write it to oci:DIR or docker-archive:FILE; may be repeated. [environment: OPENCODE_DOCKER_OUTPUT]",
            valueName: "kind:path"))
    var output: [String] = []

    @Flag(
        help: "Also load the image into Docker, or else Podman. [environment: OPENCODE_DOCKER_LOAD=1]"
    )
    var load = false

    /// The destinations of `--output`.
    ///
    /// - Throws: `CommandError.unknownOutput`.
    func destinations() throws -> [OutputDestination] { try output.map { try OutputDestination($0) } }
}
