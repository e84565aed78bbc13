// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OCI

/// How layers are compressed.
struct CompressionOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            How layers are compressed: gzip, which everything reads, or zstd, which is smaller; another one is another \
            digest. [environment: OPENCODE_DOCKER_COMPRESSION]
            """, valueName: "kind"))
    var compression: LayerCompression = .gzip
}

extension LayerCompression: ExpressibleByArgument {
    /// Layers without any compression are for nobody who pulls.
    package static var allValueStrings: [String] { [LayerCompression.gzip, .zstd].map(\.rawValue) }

    package init?(argument: String) {
        guard Self.allValueStrings.contains(argument) else { return nil }
        self.init(rawValue: argument)
    }
}
