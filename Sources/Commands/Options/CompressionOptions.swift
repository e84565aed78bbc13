// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ImageBuilding

/// The compression of layers.
struct CompressionOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            The compression of layers: gzip, which every tool supports; zstd, which is smaller; or gzip,zstd for both \
            in one index. The default is gzip, for releases both. The compression changes the digest. [environment: \
            OPENCODE_DOCKER_COMPRESSION]
            """, valueName: "kinds"))
    var compression: CompressionChoice?
}

extension CompressionChoice: ExpressibleByArgument {
    /// Uncompressed layers cannot be chosen, because no user pulls them.
    package static var allValueStrings: [String] { [both.text, "gzip", "zstd"] }

    package init?(argument: String) { self.init(argument) }
}
