// SPDX-License-Identifier: Apache-2.0

import Core

/// Downloads into the store: many at once, resumed, retried, and verified while they arrive.
package struct Downloader: Sendable {
    private let store: Store
    private let parallelism: Int
    private let settings: TransportSettings
    private let authorization: (any RequestAuthorization)?
    private let loop = TransferLoop()

    /// A downloader into `store`.
    ///
    /// - Parameters:
    ///   - parallelism: The most concurrent transfers.
    ///   - authorization: Authenticates the requests; without it libcurl reads `~/.netrc`.
    package init(
        store: Store, parallelism: Int = 6, settings: TransportSettings = .init(),
        authorization: (any RequestAuthorization)? = nil
    ) {
        self.authorization = authorization
        self.store = store
        self.parallelism = max(1, parallelism)
        self.settings = settings
    }

    /// Downloads all of `downloads` into the store, verified by digest and size while they arrive.
    ///
    /// Contents that the store has are skipped. A failed download does not stop the others. Interrupted ones (by an
    /// error, or by cancelling the task) are resumed the next time.
    ///
    /// - Parameters:
    ///   - step: Its name in the progress events.
    ///   - onArrival: Called once for each download as soon as it is in the store, from any task.
    /// - Returns: The digests, by name, of the downloads without an expected digest.
    /// - Throws: `TransportError.unavailable` with every failed download, after all others are done; `FileError` and
    ///   `CancellationError` at once.
    package func fetch(
        _ downloads: [Download], step: String, progress: @escaping ProgressSink,
        onArrival: (@Sendable (Download) -> Void)? = nil
    ) async throws -> [String: Digest] {
        let present = downloads.map(isPresent)
        for (download, isPresent) in zip(downloads, present) where isPresent { onArrival?(download) }
        let wanted = zip(downloads, present).filter { !$0.1 }.map(\.0)
        var round = Round(groups: grouped(wanted), onArrival: onArrival)
        progress(.began(step: step, total: round.totalSize, unit: .bytes))
        do { try await run(&round, step: step, progress: progress) } catch {
            progress(.ended(step: step, summary: "stopped"))
            throw error
        }
        progress(.ended(step: step, summary: round.summary(present: downloads.count - wanted.count)))
        if !round.failed.isEmpty { throw TransportError.unavailable(round.failedInOrder) }
        return round.found
    }

    private func isPresent(_ download: Download) -> Bool {
        download.digest.map { store.contains($0, size: download.size) } ?? false
    }

    /// One transfer for all downloads of the same content.
    private func grouped(_ downloads: [Download]) -> [[Download]] {
        var groups: [[Download]] = []
        var places: [Digest: Int] = [:]
        for download in downloads {
            if let digest = download.digest, let place = places[digest] {
                groups[place].append(download)
            } else {
                if let digest = download.digest { places[digest] = groups.count }
                groups.append([download])
            }
        }
        return groups
    }

    private func run(_ round: inout Round, step: String, progress: @escaping ProgressSink) async throws {
        let health = OriginHealth()
        try await withThrowingTaskGroup(of: (Int, Result<Digest, FailedDownloadError>).self) { tasks in
            for index in round.groups.indices {
                if index >= parallelism, let (done, result) = try await tasks.next() {
                    round.take(result, of: done, step: step, progress: progress)
                }
                let job = DownloadJob(
                    download: round.groups[index][0], store: store, settings: settings, loop: loop, health: health,
                    authorization: authorization,
                    report: { progress(.advanced(step: step, by: $0, detail: nil)) })
                tasks.addTask { (index, try await job.run()) }
            }
            for try await (done, result) in tasks { round.take(result, of: done, step: step, progress: progress) }
        }
    }
}

/// The work of one call of `fetch`, and its results.
private struct Round {
    /// Downloads of the same content, in the order in which they start.
    let groups: [[Download]]
    let onArrival: (@Sendable (Download) -> Void)?
    private(set) var found: [String: Digest] = [:]
    private(set) var failed: [Int: FailedDownload] = [:]

    init(groups: [[Download]], onArrival: (@Sendable (Download) -> Void)?) {
        self.groups = groups
        self.onArrival = onArrival
    }

    /// The bytes of all groups, if every size is known.
    var totalSize: UInt64? {
        groups.reduce(UInt64?(0)) { sum, group in
            guard let sum, let size = group[0].size else { return nil }
            return sum.addingReportingOverflow(size).overflow ? nil : sum + size
        }
    }

    var failedInOrder: [FailedDownload] {
        failed.sorted { $0.key < $1.key }.flatMap { index, failure in
            groups[index].map { FailedDownload(name: $0.name, failures: failure.failures) }
        }
    }

    func summary(present: Int) -> String {
        let fetched = groups.count - failed.count
        let parts = [
            "\(fetched) fetched", present > 0 ? "\(present) already there" : nil,
            failed.isEmpty ? nil : "\(failed.count) failed",
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }

    mutating func take(
        _ result: Result<Digest, FailedDownloadError>, of index: Int, step: String, progress: ProgressSink
    ) {
        switch result {
        case .success(let digest):
            for download in groups[index] {
                if download.digest == nil { found[download.name] = digest }
                onArrival?(download)
            }
            progress(.advanced(step: step, by: 0, detail: groups[index][0].name))
        case .failure(let error): failed[index] = error.download
        }
    }
}
