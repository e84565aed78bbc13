// SPDX-License-Identifier: Apache-2.0

import Changes
import Context
import Core
import Lockfile
import SystemPackage
import Transport

/// The packages of two locks from the store, and from the mirrors where the store has them not.
struct MirrorPackages: PackageFileReading {
    let store: Store
    let downloader: Downloader
    /// The places of the new lock's packages.
    let mirrors: Mirrors
    /// The places of the old one's; what left the archives is to be had at the time of that lock only.
    let oldMirrors: Mirrors
    let progress: ProgressSink

    func files(of packages: [LockedPackage]) async throws -> [Digest: FilePath] {
        // A definition's own file is beside the definition, and in the store when it was resolved or built here.
        let packages = packages.filter { !$0.isLocal || store.contains($0.sha256, size: $0.size) }
        try await fetch(packages.map(mirrors.download))
        return Dictionary(packages.map { ($0.sha256, store.path(of: $0.sha256)) }) { first, _ in first }
    }

    func fileIfThere(of package: LockedPackage) async throws -> FilePath? {
        do {
            try await fetch([oldMirrors.download(package)])
            return store.path(of: package.sha256)
        } catch is TransportError {
            progress(.note("\(package.name) \(package.version) cannot be had any more."))
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
