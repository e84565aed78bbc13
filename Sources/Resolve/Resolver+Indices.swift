// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Debian
import Lockfile
import Transport

/// A release file with a valid signature.
struct VerifiedRelease: Sendable {
    let archive: ArchiveSource
    let digest: Digest
    let signer: String
    let release: Release

    /// The decompressed indices of an architecture with their paths, including those for `all` when a repository has
    /// separate ones.
    ///
    /// - Throws: `ResolveError.noIndex`.
    func indices(_ architecture: Architecture) throws(ResolveError) -> [ReleasedIndex] {
        var indices: [ReleasedIndex] = []
        for path in archive.indexPaths(architecture) {
            guard let file = release[path] else {
                throw .noIndex(suite: archive.title, architecture: architecture.rawValue)
            }
            indices.append(ReleasedIndex(path: path, plain: file))
            let all = path.replacing("/binary-\(architecture)/", with: "/binary-all/")
            if archive.repository != nil, all != path, let file = release[all] {
                indices.append(ReleasedIndex(path: all, plain: file))
            }
        }
        return indices
    }
}

extension VerifiedRelease {
    /// The compressed form to download: xz for Debian, or the available one for other repositories.
    func smallest(_ index: ReleasedIndex) -> (path: String, file: Release.File) {
        for ending in [".xz", ".zst", ".gz"] {
            if let file = release[index.path + ending] { return (index.path + ending, file) }
        }
        return (index.path, index.plain)
    }
}

extension ArchiveSource {
    /// The archive in a lock.
    func locked(in lock: VersionsLock) -> LockedArchive? {
        repository == nil
            ? lock.archives.first { $0.id == suite } : lock.choices.repositories.first { $0.name == base }?.archive
    }
}

/// An index that a release file lists.
struct ReleasedIndex: Hashable, Sendable {
    /// The path below the suite, without the suffix of a compression.
    let path: String
    /// The decompressed file.
    let plain: Release.File
}

extension Resolver {
    /// Fetches and verifies the release files of all archives.
    func releases(previous: VersionsLock?, progress: @escaping ProgressSink) async throws -> [VerifiedRelease] {
        let downloads = try archives.map { archive in
            guard !archive.addresses.isEmpty else { throw ResolveError.noPlaces(suite: archive.suite) }
            let urls = archive.distributions.map { "\($0)/InRelease" }
            return IndexDownload(name: "\(archive.title) InRelease", urls: urls, digest: nil, size: nil)
        }
        let digests = try await fetch(downloads, progress)
        return try await withThrowingTaskGroup(of: (Int, VerifiedRelease).self) { group in
            for (number, archive) in archives.enumerated() {
                guard let digest = digests[downloads[number].name] else {
                    throw ResolveError.noPlaces(suite: archive.suite)
                }
                let locked = previous.flatMap { archive.locked(in: $0) }
                group.addTask { (number, try await verify(archive, digest, notBefore: locked?.date, expired: expired)) }
            }
            let verified = try await group.reduce(into: [Int: VerifiedRelease]()) { $0[$1.0] = $1.1 }
            let releases = archives.indices.compactMap { verified[$0] }
            sayWhatIsOver(releases, progress)
            return releases
        }
    }

    /// Fetches the release files, Debian's first, so that an unreachable repository does not cause a fallback to
    /// snapshots.
    private func fetch(_ downloads: [IndexDownload], _ progress: @escaping ProgressSink) async throws -> [String:
        Digest]
    {
        let debians = zip(archives, downloads).filter { $0.0.repository == nil }.map(\.1)
        var digests = try await source.fetch(debians, step: "release files", progress: progress)
        for (archive, download) in zip(archives, downloads) where archive.repository != nil {
            do {
                digests.merge(try await source.fetch([download], step: "release files", progress: progress)) { $1 }
            } catch let error as TransportError {
                throw ResolveError.unreachableRepository(archive.base, error)
            }
        }
        return digests
    }

    private func sayWhatIsOver(_ releases: [VerifiedRelease], _ progress: ProgressSink) {
        guard case .take(let reason) = expired else { return }
        let over = releases.filter { $0.release.validUntil.map { $0 < now } ?? false }.map(\.archive.title)
        if over.isEmpty { return }
        progress(.warning("Taken although their validity is over, \(reason): \(over.joined(separator: ", "))."))
    }

    /// Verifies the release file of an archive, which is in the store.
    func verify(
        _ archive: ArchiveSource, _ digest: Digest, notBefore: String?, expired: ExpiryRule
    ) async throws -> VerifiedRelease {
        let file = "\(archive.title)/InRelease"
        let keyring = store.temporaryPath()
        defer { try? Files.removeTree(keyring) }
        if let repository = archive.repository { try Files.write(repository.keyring, to: keyring) }
        let verified = try await (archive.repository == nil ? check : check.against(keyring))
            .verify(store.path(of: digest), scratch: store.temporaryPath(), file: file)
        let release = try Release(parsing: verified.contents, file: file, isDebian: archive.repository == nil)
        // "oldstable" may refer to another release by now; then no mirror has this one.
        if !archive.aliases.isEmpty, release.codename != archive.suite {
            throw ResolveError.noPlaces(suite: archive.suite)
        }
        let name = archive.repository == nil ? archive.suite : release.codename(ofRepository: archive.suite)
        try release.check(
            codename: name, file: file, now: now, notBefore: notBefore.flatMap { Timestamp(rfc3339: $0) },
            allowExpired: expired != .refuse)
        return VerifiedRelease(archive: archive, digest: digest, signer: verified.signer, release: release)
    }

    /// Fetches the decompressed indices that are missing in the store.
    func fetchIndices(
        of releases: [VerifiedRelease], for architectures: [Architecture], progress: @escaping ProgressSink
    ) async throws {
        var downloads: [IndexDownload] = []
        var wanted: [(compressed: Digest, plain: Release.File)] = []
        for release in releases {
            for architecture in architectures {
                for index in try release.indices(architecture)
                where !store.contains(index.plain.digest, size: index.plain.size) {
                    let (path, file) = release.smallest(index)
                    if wanted.contains(where: { $0.plain == index.plain }) { continue }
                    downloads.append(download(path, file, release))
                    wanted.append((file.digest, index.plain))
                }
            }
        }
        if downloads.isEmpty { return }
        try await fetchIndices(downloads, progress: progress)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (compressed, plain) in wanted where compressed != plain.digest {
                group.addTask { try decompress(compressed, plain) }
            }
            try await group.waitForAll()
        }
    }

    private func fetchIndices(_ downloads: [IndexDownload], progress: @escaping ProgressSink) async throws {
        do {
            _ = try await source.fetch(downloads, step: "indices", progress: progress)
        } catch let error as TransportError {
            guard case .unavailable(let failed) = error, let name = failed.first?.name,
                let owner = archives.first(where: { $0.repository != nil && name.hasPrefix("\($0.title) ") })
            else { throw error }
            throw ResolveError.unreachableFile(owner.base, error)
        }
    }

    /// By-hash URLs first: they stay valid while an archive is being updated.
    private func download(_ path: String, _ file: Release.File, _ release: VerifiedRelease) -> IndexDownload {
        let directory = path.split(separator: "/").dropLast().map { "\($0)/" }.joined()
        let urls = release.archive.distributions.flatMap { suite in
            let byHash = "\(suite)/\(directory)by-hash/SHA256/\(file.digest.hex)"
            return release.release.acquireByHash ? [byHash, "\(suite)/\(path)"] : ["\(suite)/\(path)"]
        }
        return IndexDownload(
            name: "\(release.archive.title) \(path)", urls: urls, digest: file.digest, size: file.size)
    }

    private func decompress(_ compressed: Digest, _ plain: Release.File) throws {
        let writer = try BlobWriter(store: store)
        try Decompression.stream(file: store.path(of: compressed), limit: plain.size) { try writer.write($0) }
        _ = try writer.commit(expecting: plain.digest)
    }
}
