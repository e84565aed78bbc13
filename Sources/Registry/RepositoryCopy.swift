// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// Copies an image from one repository to another, byte for byte, with its referrers.
package struct RepositoryCopy: Sendable {
    private let source: any BlobSource
    private let destination: any BlobDestination
    private let store: Store

    /// The limits of nested indices, and of documents of one image.
    private static let mostLevels = 4
    private static let mostDocuments = 1000
    /// The suffixes of the tags of cosign's older formats: an image's digest, and these.
    private static let suffixes = ["sig", "att"]

    /// A copy from `source` to `destination`; the blobs pass through `store`.
    package init(from source: any BlobSource, to destination: any BlobDestination, through store: Store) {
        self.source = source
        self.destination = destination
        self.store = store
    }

    /// Whether a tag belongs to another image: the referrers tag, or one of cosign's.
    package static func isAttachment(tag: String) -> Bool {
        tag.wholeMatch(of: /sha256-[0-9a-f]{64}(\.[a-z]+)?/) != nil
    }

    /// The result of a copy.
    package struct Report: Hashable, Sendable {
        /// The digest of the manifest or the index.
        package let digest: Digest
        /// The number of blobs that were sent.
        package var blobs = 0
        /// The bytes of the blobs that were sent.
        package var bytes: UInt64 = 0
        /// The number of signatures and other referrers that were copied.
        package var attached = 0
    }

    /// Copies the image that `name` names, then makes each of `tags` name it.
    ///
    /// - Parameter attachments: Whether signatures and other referrers are copied.
    /// - Throws: `RegistryError`, `OCIError`, `FileError`, `CancellationError`; no tag has moved then, unless writing a
    ///   tag failed.
    package func run(
        _ name: ManifestName, tags: [String], attachments: Bool, progress: @escaping ProgressSink
    ) async throws -> Report {
        guard let top = try await source.manifest(name) else {
            throw RegistryError.missing("image '\(name.text)'", in: source.name)
        }
        var report = Report(digest: top.digest)
        let documents = try await documents(below: top)
        try await copy(documents, &report, progress: progress)
        if attachments {
            for document in documents { try await copyAttached(to: document.digest, &report, progress: progress) }
        }
        for tag in tags { try await destination.put(manifest: top, as: .tag(tag)) }
        return report
    }

    /// The documents of an image; those of an index come before it.
    private func documents(below top: StoredManifest) async throws -> [StoredManifest] {
        var (levels, count) = ([[top]], 1)
        while let last = levels.last, !last.isEmpty {
            var next: [StoredManifest] = []
            for parent in last {
                for child in try parent.children() {
                    count += 1
                    guard levels.count < Self.mostLevels, count <= Self.mostDocuments else {
                        throw RegistryError.manifest("\(top.digest)", problem: "it has too many documents.")
                    }
                    guard let manifest = try await source.manifest(.digest(child.blob.digest)) else {
                        throw RegistryError.missing("manifest \(child.blob.digest)", in: source.name)
                    }
                    next.append(manifest)
                }
            }
            levels.append(next)
        }
        return levels.reversed().flatMap(\.self)
    }

    /// Copies documents with their blobs, in order.
    private func copy(
        _ documents: [StoredManifest], _ report: inout Report, progress: @escaping ProgressSink
    ) async throws {
        var absent: [StoredManifest] = []
        for document in documents where try await !destination.contains(manifest: document.digest) {
            absent.append(document)
        }
        let blobs = Set(try absent.flatMap { try $0.blobs() }).sorted { $0.digest < $1.digest }
        let missing = try await destination.missing(blobs)
        try await source.fetch(missing, into: store, progress: progress)
        try await destination.send(missing, from: store, progress: progress)
        for document in absent { try await destination.put(manifest: document, as: .digest(document.digest)) }
        report.blobs += missing.count
        report.bytes += missing.reduce(0) { $0 + $1.size }
    }

    /// Copies the manifests whose subject is `subject`, and those under tags with its digest.
    private func copyAttached(
        to subject: Digest, _ report: inout Report, progress: @escaping ProgressSink
    ) async throws {
        var referrers: [StoredManifest] = []
        for digest in try await source.referrers(of: subject).prefix(Self.mostDocuments) {
            if let manifest = try await source.manifest(.digest(digest)) { referrers.append(manifest) }
        }
        try await copy(referrers, &report, progress: progress)
        if !referrers.isEmpty { try await destination.attach(referrers, to: subject) }
        report.attached += referrers.count
        for suffix in Self.suffixes {
            let tag = "\(ReferrersIndex.tag(for: subject)).\(suffix)"
            guard let manifest = try await source.manifest(.tag(tag)) else { continue }
            try await copy([manifest], &report, progress: progress)
            try await destination.put(manifest: manifest, as: .tag(tag))
            report.attached += 1
        }
    }
}
