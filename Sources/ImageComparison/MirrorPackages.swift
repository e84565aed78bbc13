// SPDX-License-Identifier: Apache-2.0

import Changes
import Context
import Core
import Lockfile
import SystemPackage
import Transport

/// The packages of two locks, from the store or else from the mirrors.
struct MirrorPackages: PackageFileReading {
    let store: Store
    let downloader: Downloader
    /// The mirrors of the new lock's packages.
    let mirrors: Mirrors
    /// The mirrors of the old lock's packages: versions that left the archives exist only in snapshots of that time.
    let oldMirrors: Mirrors
    let progress: ProgressSink

    func files(of packages: [LockedPackage]) async throws -> [Digest: FilePath] {
        // A local package file is beside the definition; it is in the store if the definition was resolved or built
        // here.
        let packages = packages.filter { !$0.isLocal || store.contains($0.sha256, size: $0.size) }
        try await fetch(packages.map(mirrors.download))
        return Dictionary(packages.map { ($0.sha256, store.path(of: $0.sha256)) }) { first, _ in first }
    }

    func fileIfThere(of package: LockedPackage) async throws -> FilePath? {
        do {
            try await fetch([oldMirrors.download(package)])
            return store.path(of: package.sha256)
        } catch is TransportError {
            progress(.note("\(package.name) \(package.version) is no longer available."))
            return nil
        }
    }

    private func fetch(_ downloads: [Download]) async throws {
        let missing = downloads.filter { download in
            download.digest.map { !store.contains($0, size: download.size) } ?? true
        }
        if !missing.isEmpty { _ = try await downloader.fetch(missing, step: "fetch", progress: progress) }
    }
}
