// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Signing

extension SignaturePublisher {
    /// Adds the missing signatures for `references` to the `.sig` tag of `digest`, with one write of the tag, or none
    /// when all exist. Signatures by other keys are kept.
    ///
    /// - Returns: The digest of the tag's manifest.
    func publishSimple(_ references: [String], version: SemanticVersion, about digest: Digest) async throws -> Digest {
        let tag = SignatureManifest.tag(for: digest)
        let stored = try await repository.manifest(.tag(tag))
        let present = try stored.map { try SignatureManifest(parsing: $0.bytes).layers } ?? []
        let payloads = references.map { reference in
            SimpleSigningPayload(
                reference: reference, digest: digest, creator: creator, timestamp: created.seconds,
                version: version.description
            ).bytes
        }
        let missing = payloads.filter { payload in
            let name = Digest(of: payload)
            return !present.contains { $0.payload == name && key.publicKey.verifies($0.signature, of: payload) }
        }
        if missing.isEmpty, let stored { return stored.digest }
        var layers = present
        for payload in missing {
            _ = try await repository.put(blob: payload)
            layers.append(.init(payload: payload, signature: try key.sign(payload)))
        }
        return try await put(SignatureManifest(layers: layers), under: tag)
    }

    private func put(_ signatures: SignatureManifest, under tag: String) async throws -> Digest {
        _ = try await repository.put(blob: signatures.configuration(created: created))
        let manifest = StoredManifest(
            mediaType: MediaType.manifest.rawValue, bytes: signatures.bytes(created: created))
        try await repository.put(manifest: manifest, as: .tag(tag))
        return manifest.digest
    }
}
