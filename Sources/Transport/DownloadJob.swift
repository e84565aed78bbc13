// SPDX-License-Identifier: Apache-2.0

import Core

/// Downloads one content from the first of its addresses that works.
struct DownloadJob: Sendable {
    let download: Download
    let store: Store
    let settings: TransportSettings
    let loop: TransferLoop
    let health: OriginHealth
    let authorization: (any RequestAuthorization)?
    /// Called with the number of new bytes.
    let report: @Sendable (UInt64) -> Void

    /// The result of one attempt.
    private enum Attempt {
        case done(Digest)
        /// The bytes of an earlier attempt do not belong to this content: start again.
        case startOver
        /// The server requires authentication beyond the credential `with`.
        case unauthorized(challenge: String?, with: String?)
        case failed(FailureReason, wait: Duration?)
    }

    /// Downloads the content into the store.
    ///
    /// - Returns: Its digest, or the addresses that failed.
    /// - Throws: `FileError`, `CancellationError`, `TransportError.cannotStart`.
    func run() async throws -> Result<Digest, FailedDownloadError> {
        guard let partial = try await makePartial() else {
            if let size = download.size { report(size) }
            return .success(download.digest ?? Digest(of: []))
        }
        let sink = DownloadSink(partial, for: download, limit: settings.largestDownload, report: report)
        // An earlier download may have been stopped between its last byte and its end.
        if partial.count > 0, partial.count == download.size ?? partial.count, partial.digest == download.digest {
            return .success(try partial.commit())
        }
        if partial.count == download.size { try partial.empty() }
        var failures: [FailedAddress] = []
        for url in download.urls {
            switch try await ask(url, partial, sink) {
            case .success(let digest): return .success(digest)
            case .failure(let reason): failures.append(FailedAddress(url: url, reason: reason))
            }
        }
        return .failure(FailedDownloadError(download: FailedDownload(name: download.name, failures: failures)))
    }

    private func makePartial() async throws -> PartialFile? {
        guard let digest = download.digest else { return try PartialFile.fresh(in: store) }
        return try await PartialFile.claim(digest, size: download.size, in: store)
    }

    /// Tries one address until it gives the content or further attempts are useless.
    private func ask(_ url: String, _ partial: PartialFile, _ sink: DownloadSink) async throws
        -> Result<Digest, FailureReason>
    {
        let origin = Address(url).origin
        var (attempt, total, renewals) = (0, 0, 0)
        while true {
            if let reason = await health.reason(against: origin) { return .failure(reason) }
            let before = partial.count
            switch try await attemptOnce(url, partial, sink) {
            case .done(let digest): return .success(digest)
            case .startOver: total += 1
            case .unauthorized(let challenge, let value):
                renewals += 1
                guard renewals <= 2, try await authorization?.renew(value, challenge: challenge) == true else {
                    return .failure(.refused(status: 401))
                }
            case .failed(let reason, let wait):
                // Progress resets the count of attempts, but their total is limited.
                attempt = partial.count > before ? 1 : attempt + 1
                total += 1
                if partial.count > before { renewals = 0 }
                let most = reason.attempts(atMost: settings.attempts)
                guard attempt < most, total < settings.attempts * 4, canWait(wait) else {
                    await health.note(reason, at: origin)
                    return .failure(reason)
                }
                try await Task.sleep(for: max(settings.wait(after: attempt), wait ?? .zero))
            }
        }
    }

    private func canWait(_ wait: Duration?) -> Bool { (wait ?? .zero) <= settings.longestWait }

    private func attemptOnce(_ url: String, _ partial: PartialFile, _ sink: DownloadSink) async throws -> Attempt {
        let address = Address(url)
        // Without a digest nothing proves that a second response continues the first one.
        if download.digest == nil || address.scheme == "file" { try partial.empty() }
        let offset = partial.count
        var request = TransferRequest(url: url, offset: offset, settings: settings)
        let value = try await authorization?.value(for: url)
        // libcurl drops this header when a redirect leads to another host, port or scheme.
        if let value { request.headers["Authorization"] = value }
        request.usesNetrc = authorization == nil
        do {
            let answer = try await loop.perform(request, into: sink)
            await health.noteAnswer(from: address.origin)
            if answer.head.status == 401, authorization != nil {
                return .unauthorized(challenge: answer.head.headers["www-authenticate"], with: value)
            }
            guard sink.wasAccepted else { return try refused(answer, partial, offset: offset) }
            return try check(partial, wasResumed: offset > 0 && answer.head.status == 206)
                ?? .failed(.truncated(received: partial.count, expected: download.size ?? 0), wait: nil)
        } catch let reason as FailureReason {
            return try failed(reason, partial, offset: offset)
        }
    }

    private func refused(_ answer: TransferAnswer, _ partial: PartialFile, offset: UInt64) throws -> Attempt {
        // 416: the content ends before the bytes that are here, so they belong to another one (RFC 9110 section
        // 15.5.17).
        if answer.head.status == 416, offset > 0 {
            try partial.empty()
            return .startOver
        }
        return .failed(FailureReason(status: answer.head.status), wait: answer.retryAfter)
    }

    private func failed(_ reason: FailureReason, _ partial: PartialFile, offset: UInt64) throws -> Attempt {
        switch reason {
        case .tooLarge, .malformed:
            try partial.empty()
            return offset > 0 ? .startOver : .failed(reason, wait: nil)
        default: return .failed(reason, wait: nil)
        }
    }

    /// Verifies the received bytes, and stores them when they match.
    ///
    /// - Returns: `nil` when bytes are missing.
    private func check(_ partial: PartialFile, wasResumed: Bool) throws -> Attempt? {
        if let size = download.size, partial.count < size { return nil }
        guard let expected = download.digest, expected != partial.digest else { return .done(try partial.commit()) }
        let actual = partial.digest
        try partial.empty()
        return wasResumed ? .startOver : .failed(.digestMismatch(actual: actual), wait: nil)
    }
}

/// A download that failed at all addresses, as the error of a `Result`.
struct FailedDownloadError: Error {
    let download: FailedDownload
}
