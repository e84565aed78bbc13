// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// What was published about the images of a release, by digest: for the release's record.
package struct PublishedSignatures: Hashable, Sendable {
    /// What hangs on one manifest or index.
    package struct Subject: Hashable, Sendable {
        /// The manifest or index.
        package let digest: Digest
        /// The manifest of the referrer that holds the signature as a Sigstore bundle.
        package let signature: Digest
        /// The tag with the simple-signing signatures, and what it names.
        package let signatureTag: String
        /// The manifest under that tag.
        package let signatureManifest: Digest
        /// The manifests of the referrers that hold further statements, by the statements' predicate types.
        package let attestations: [String: Digest]
    }

    /// One for each of the subjects, in their order.
    package let subjects: [Subject]

    /// As it stands in `release.json`: a list of objects with digests.
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
