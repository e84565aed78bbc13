// SPDX-License-Identifier: Apache-2.0

import Core
import Transport

extension Downloader: IndexSource {
    /// Downloads all files into the store; returns the digests of downloads without an expected digest.
    ///
    /// - Throws: `TransportError`.
    package func fetch(
        _ downloads: [IndexDownload], step: String, progress: @escaping ProgressSink
    ) async throws -> [String: Digest] {
        let downloads = downloads.map { Download(name: $0.name, urls: $0.urls, digest: $0.digest, size: $0.size) }
        return try await fetch(downloads, step: step, progress: progress, onArrival: nil)
    }
}
