// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// An image that was verified with a trusted key.
package struct VerifiedImage: Hashable, Sendable {
    /// The requested name.
    package let reference: ImageReference
    /// The digest of the index or the image's manifest. Only this is pulled.
    package let digest: Digest
    /// The manifest for this platform: `digest` itself without an index.
    package let manifest: Digest
    /// The manifest's configuration; engines identify the image by this or by the manifest's digest.
    package let configuration: Digest
    /// The signed version.
    package let version: SemanticVersion
    /// The id of the signing key (`PublicKey.id`).
    package let key: Digest
    /// Whether the version was checked for updates recently.
    package let freshness: Freshness
    /// Whether the registry was not contacted, and recorded evidence was verified again.
    package let isRecalled: Bool
}
