// SPDX-License-Identifier: Apache-2.0

import OCI

/// The chosen compressions; each makes a separate image with the same files.
package struct CompressionChoice: Hashable, Sendable {
    /// The compressions without duplicates, gzip first.
    package let kinds: [LayerCompression]

    /// Every tool reads gzip.
    package static let gzip = CompressionChoice(kinds: [.gzip])
    /// An index with both.
    package static let both = CompressionChoice(kinds: [.gzip, .zstd])

    /// The value on the command line.
    package var text: String { kinds.map(\.rawValue).joined(separator: ",") }

    private init(kinds: [LayerCompression]) { self.kinds = kinds }

    /// Parses the value on the command line: `gzip`, `zstd`, or both separated by a comma.
    package init?(_ text: String) {
        let words = Set(text.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        let known = Self.both.kinds.filter { words.contains($0.rawValue) }
        guard !known.isEmpty, known.count == words.count else { return nil }
        kinds = known
    }
}
