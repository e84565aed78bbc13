// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// The published signatures and attestations of a release's images, by digest, for the release's record.
package struct PublishedSignatures: Hashable, Sendable {
    /// The signatures and attestations of one manifest or index.
    package struct Subject: Hashable, Sendable {
        /// The manifest or index.
        package let digest: Digest
        /// The manifest of the referrer with the signature as a Sigstore bundle.
        package let signature: Digest
        /// The tag of the simple-signing signatures.
        package let signatureTag: String
        /// The manifest under that tag.
        package let signatureManifest: Digest
        /// The manifests of the referrers with attestations, by predicate type.
        package let attestations: [String: Digest]
    }

    /// One for each of the subjects, in their order.
    package let subjects: [Subject]

    /// The form in `release.json`: a list of objects with digests.
    package var json: JSONValue {
        .array(
            subjects.map { subject in
                .object([
                    "digest": .string(subject.digest.description),
                    "signature": .string(subject.signature.description),
                    "signatureTag": .string(subject.signatureTag),
                    "signatureManifest": .string(subject.signatureManifest.description),
                    "attestations": .object(subject.attestations.mapValues { .string($0.description) }),
                ])
            })
    }
}
