// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// An image that is what its name says, by the word of a key that is trusted here.
package struct VerifiedImage: Hashable, Sendable {
    /// The name that was asked for.
    package let reference: ImageReference
    /// What it named: an index or an image's manifest. From here on only this is pulled.
    package let digest: Digest
    /// The manifest for this machine: `digest` itself where there is no index.
    package let manifest: Digest
    /// That manifest's configuration; engines call the image by this or by the manifest's digest.
    package let configuration: Digest
    /// The signed version.
    package let version: SemanticVersion
    /// The key that signed (`PublicKey.id`).
    package let key: Digest
    /// Whether somebody looked for updates lately.
    package let freshness: Freshness
    /// Whether the registry was not asked, and everything was verified again from what it said at an earlier time.
    package let isRecalled: Bool
}
