// SPDX-License-Identifier: Apache-2.0

import Core
import Registry
import Signing

/// The Sigstore bundles that are attached to a content. Anyone with write access to the repository can attach one, so
/// invalid ones are skipped.
struct AttachedBundles: Sendable {
    /// A bundle, and the manifest that contains it.
    struct Found: Sendable {
        let manifest: Digest
        let bundle: SigstoreBundle
    }

    /// The most referrers that are read; a release has three.
    private static let limit = 64

    let repository: any RepositoryReading
    /// Larger bundles are skipped.
    let sizeLimit: Int

    /// Passes them to `body` one by one until it returns a result.
    func first<Answer>(
        of subject: Digest, where body: (Found) throws -> Answer?
    ) async throws -> Answer? {
        for manifest in try await repository.referrers(of: subject).prefix(Self.limit) {
            guard let found = try await bundle(in: .digest(manifest), about: subject) else { continue }
            if let answer = try body(found) { return answer }
        }
        return nil
    }

    /// The bundle of a manifest whose subject is `subject`, or that has none when that is `nil`.
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
