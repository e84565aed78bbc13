// SPDX-License-Identifier: Apache-2.0

import Core
import Registry
import Signing

/// The Sigstore bundles that hang on a content. Whoever may write to the repository may hang something there, so what
/// cannot be read is passed over.
struct AttachedBundles: Sendable {
    /// A bundle and the manifest it was found in.
    struct Found: Sendable {
        let manifest: Digest
        let bundle: SigstoreBundle
    }

    /// As many referrers as are looked at; a release of ours has three.
    private static let limit = 64

    let repository: any RepositoryReading
    /// Bundles with more bytes are passed over.
    let sizeLimit: Int

    /// Gives them one by one until `body` has an answer.
    func first<Answer>(
        of subject: Digest, where body: (Found) throws -> Answer?
    ) async throws -> Answer? {
        for manifest in try await repository.referrers(of: subject).prefix(Self.limit) {
            guard let found = try await bundle(in: .digest(manifest), about: subject) else { continue }
            if let answer = try body(found) { return answer }
        }
        return nil
    }

    /// The bundle that a manifest holds, when it is one of `subject`, or of nobody when that is `nil`.
    func bundle(in name: ManifestName, about subject: Digest?) async throws -> Found? {
        guard let stored = try await repository.manifest(name), isAsked(stored, name),
            let manifest = try? ReferrerManifest(parsing: stored.bytes), manifest.subject == subject,
            manifest.bundleSize > 0, manifest.bundleSize <= sizeLimit
        else { return nil }
        let bytes = try await repository.blob(manifest.bundle, limit: sizeLimit)
        guard Digest(of: bytes) == manifest.bundle,
            let bundle = try? SigstoreBundle(parsing: bytes, limit: sizeLimit)
        else { return nil }
        return Found(manifest: stored.digest, bundle: bundle)
    }

    private func isAsked(_ stored: StoredManifest, _ name: ManifestName) -> Bool {
        if case .digest(let digest) = name { stored.digest == digest } else { true }
    }
}
