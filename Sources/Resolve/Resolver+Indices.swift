// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Debian
import Lockfile

/// A release file whose signature holds.
struct VerifiedRelease: Sendable {
    let archive: ArchiveSource
    let digest: Digest
    let signer: String
    let release: Release

    /// The index of an architecture, decompressed.
    func index(_ architecture: Architecture) -> Release.File? { release.files["\(path(architecture))"] }

    func path(_ architecture: Architecture) -> String { "main/binary-\(architecture)/Packages" }
}

extension Resolver {
    /// Fetches and checks the release files of all archives.
    func releases(previous: VersionsLock?, progress: @escaping ProgressSink) async throws -> [VerifiedRelease] {
        let downloads = try archives.map { archive in
            guard !archive.addresses.isEmpty else { throw ResolveError.noPlaces(suite: archive.suite) }
            let urls = archive.distributions.map { "\($0)/InRelease" }
            return IndexDownload(name: "\(archive.suite) InRelease", urls: urls, digest: nil, size: nil)
        }
        let digests = try await source.fetch(downloads, step: "release files", progress: progress)
        return try await withThrowingTaskGroup(of: (Int, VerifiedRelease).self) { group in
            for (number, archive) in archives.enumerated() {
                guard let digest = digests[downloads[number].name] else {
                    throw ResolveError.noPlaces(suite: archive.suite)
                }
                let locked = previous?.archives.first { $0.id == archive.suite }
                group.addTask { (number, try await verify(archive, digest, notBefore: locked?.date, expired: expired)) }
            }
            let verified = try await group.reduce(into: [Int: VerifiedRelease]()) { $0[$1.0] = $1.1 }
            let releases = archives.indices.compactMap { verified[$0] }
            sayWhatIsOver(releases, progress)
            return releases
        }
    }

    private func sayWhatIsOver(_ releases: [VerifiedRelease], _ progress: ProgressSink) {
        guard case .take(let reason) = expired else { return }
        let over = releases.filter { $0.release.validUntil.map { $0 < now } ?? false }.map(\.archive.suite)
        if over.isEmpty { return }
        progress(.note("Taken although their validity is over, \(reason): \(over.joined(separator: ", "))."))
    }

    /// The release file of an archive, which is in the store, after its checks.
    func verify(
        _ archive: ArchiveSource, _ digest: Digest, notBefore: String?, expired: ExpiryRule
    ) async throws -> VerifiedRelease {
        let file = "\(archive.suite)/InRelease"
        let verified = try await check.verify(store.path(of: digest), scratch: store.temporaryPath(), file: file)
        let release = try Release(parsing: verified.contents, file: file)
        // "oldstable" may be another release by now; then no place has this one.
        if !archive.aliases.isEmpty, release.codename != archive.suite {
            throw ResolveError.noPlaces(suite: archive.suite)
        }
        try release.check(
            codename: archive.suite, file: file, now: now, notBefore: notBefore.flatMap { ArchiveTime(rfc3339: $0) },
            allowExpired: expired != .refuse)
        return VerifiedRelease(archive: archive, digest: digest, signer: verified.signer, release: release)
    }

    /// Brings the decompressed indices into the store, where they are not there yet.
    func fetchIndices(
        of releases: [VerifiedRelease], for architectures: [Architecture], progress: @escaping ProgressSink
    ) async throws {
        var downloads: [IndexDownload] = []
        var wanted: [(compressed: Digest, plain: Release.File)] = []
        for release in releases {
            for architecture in architectures {
                let path = release.path(architecture)
                guard let plain = release.index(architecture), let compressed = release.release.files[path + ".xz"]
                else {
                    throw ResolveError.noIndex(suite: release.archive.suite, architecture: architecture.rawValue)
                }
                if store.contains(plain.digest, size: plain.size) { continue }
                downloads.append(download(path + ".xz", compressed, release))
                wanted.append((compressed.digest, plain))
            }
        }
        if downloads.isEmpty { return }
        _ = try await source.fetch(downloads, step: "indices", progress: progress)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (compressed, plain) in wanted { group.addTask { try decompress(compressed, plain) } }
            try await group.waitForAll()
        }
    }

    /// By digest first: that address stays right while an archive is being updated.
    private func download(_ path: String, _ file: Release.File, _ release: VerifiedRelease) -> IndexDownload {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        let urls = release.archive.distributions.flatMap { suite in
            let byHash = "\(suite)/\(folder)/by-hash/SHA256/\(file.digest.hex)"
            return release.release.acquireByHash ? [byHash, "\(suite)/\(path)"] : ["\(suite)/\(path)"]
        }
        return IndexDownload(
            name: "\(release.archive.suite) \(path)", urls: urls, digest: file.digest, size: file.size)
    }

    private func decompress(_ compressed: Digest, _ plain: Release.File) throws {
        let writer = try BlobWriter(store: store)
        try Decompression.stream(file: store.path(of: compressed), limit: plain.size) { try writer.write($0) }
        _ = try writer.commit(expecting: plain.digest)
    }
}
