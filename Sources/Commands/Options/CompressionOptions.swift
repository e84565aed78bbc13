// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OCI

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

/// The chosen compressions; each makes a separate image with the same files.
struct CompressionChoice: Hashable {
    /// The compressions without duplicates, gzip first.
    let kinds: [LayerCompression]

    static let gzip = CompressionChoice(kinds: [.gzip])
    static let both = CompressionChoice(kinds: [.gzip, .zstd])

    /// The value on the command line.
    var text: String { kinds.map(\.rawValue).joined(separator: ",") }

    private init(kinds: [LayerCompression]) { self.kinds = kinds }
}

extension CompressionChoice: ExpressibleByArgument {
    /// Uncompressed layers cannot be chosen, because no user pulls them.
    static var allValueStrings: [String] { [both.text, "gzip", "zstd"] }

    init?(argument: String) {
        let words = Set(argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        let known = Self.both.kinds.filter { words.contains($0.rawValue) }
        guard !known.isEmpty, known.count == words.count else { return nil }
        kinds = known
    }
}
