// SPDX-License-Identifier: Apache-2.0

import Core

extension Reproduction {
    /// The result of `reproduce`.
    package struct Outcome: Sendable {
        /// The rebuilt image.
        package let rebuilt: Digest
        /// The expected image.
        package let expected: Digest
        /// The first difference, line by line; empty when only the digests are known.
        package var difference: [(name: String, value: String)] = []

        /// Whether the images are the same.
        package var isSame: Bool { rebuilt == expected && difference.isEmpty }
    }
}
