// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OCI

/// How layers are compressed.
struct CompressionOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            How layers are compressed: gzip, which everything reads; zstd, which is smaller; or gzip,zstd for both in one \
            index, of which each reader takes what it knows. Without it gzip, and for releases both. Another one is \
            another digest. [environment: OPENCODE_DOCKER_COMPRESSION]
            """, valueName: "kinds"))
    var compression: CompressionChoice?
}

/// Compressions, each of which makes an image of its own, with the same files.
struct CompressionChoice: Hashable {
    /// Each once, gzip first.
    let kinds: [LayerCompression]

    static let gzip = CompressionChoice(kinds: [.gzip])
    static let both = CompressionChoice(kinds: [.gzip, .zstd])

    /// As the command line has it.
    var text: String { kinds.map(\.rawValue).joined(separator: ",") }

    private init(kinds: [LayerCompression]) { self.kinds = kinds }
}

extension CompressionChoice: ExpressibleByArgument {
    /// Layers without any compression are for nobody who pulls.
    static var allValueStrings: [String] { [both.text, "gzip", "zstd"] }

    init?(argument: String) {
        let words = Set(argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        let known = Self.both.kinds.filter { words.contains($0.rawValue) }
        guard !known.isEmpty, known.count == words.count else { return nil }
        kinds = known
    }
}
