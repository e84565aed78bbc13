// SPDX-License-Identifier: Apache-2.0

import Core
import Transport

extension Downloader: IndexSource {
    /// Puts all downloads into the store; gives the digests of those that came without one.
    ///
    /// - Throws: `TransportError`.
    package func fetch(
        _ downloads: [IndexDownload], step: String, progress: @escaping ProgressSink
    ) async throws -> [String: Digest] {
        let downloads = downloads.map { Download(name: $0.name, urls: $0.urls, digest: $0.digest, size: $0.size) }
        return try await fetch(downloads, step: step, progress: progress, onArrival: nil)
    }
}
