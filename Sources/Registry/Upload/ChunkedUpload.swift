// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Transport

/// Uploads a blob in chunks (OCI distribution-spec, "Pushing a blob in chunks"), and resumes at the registry's offset
/// after any failure, also of an earlier process.
struct ChunkedUpload {
    let client: RegistryClient
    let opening: UploadOpening
    let blob: RemoteBlob
    let file: FilePath
    let journal: UploadJournal
    let meter: UploadMeter
    /// The bytes of a chunk.
    private var piece: UInt64
    private let leastPiece: UInt64
    /// Sessions that were lost, and failures in a row.
    private var lost = 0
    private var failures = 0

    /// The most sessions that may be lost: a registry behind a load balancer may not find its own.
    private static let mostSessions = 4

    init(
        client: RegistryClient, opening: UploadOpening, blob: RemoteBlob, file: FilePath, journal: UploadJournal,
        sizes: UploadSizes, meter: UploadMeter
    ) {
        self.client = client
        self.opening = opening
        self.blob = blob
        self.file = file
        self.journal = journal
        (piece, leastPiece) = (sizes.piece, sizes.leastPiece)
        self.meter = meter
    }

    /// The result of one request.
    private enum Step {
        /// The registry has the bytes up to here.
        case moved(UploadSession)
        /// The blob is complete.
        case done
        /// Unknown: request the offset from the registry, after a delay.
        case unknown(wait: Duration?, why: String)
        /// The session is lost.
        case lost(why: String)
        /// The chunk is too large.
        case tooLarge
        /// The registry refuses the blob, or chunks.
        case refused(RegistryError)
    }

    /// Sends the missing bytes.
    ///
    /// - Throws: `RegistryError`, `FileError`, `CancellationError`.
    mutating func run() async throws {
        var session = try await resumed()
        while true {
            guard let current = session else {
                session = try await opening.begin()
                continue
            }
            switch try await step(current) {
            case .done: return
            case .moved(let next):
                if next.offset > current.offset { failures = 0 }
                try journal.save(next)
                session = next
            case .unknown(let wait, let why):
                try await pause(wait, why)
                session = try await asked(current)
                if let session, session.offset > current.offset { failures = 0 }
            case .lost(let why):
                await opening.cancel(current)
                try giveUp(why)
                session = nil
            case .tooLarge: piece = max(pieceSize(current) / 4, leastPiece)
            case .refused(let error):
                await opening.cancel(current)
                journal.remove()
                throw error
            }
        }
    }

    /// The session of an earlier process, with the registry's offset.
    private mutating func resumed() async throws -> UploadSession? {
        guard let noted = journal.load() else { return nil }
        return try await asked(noted)
    }

    /// The registry's offset: `GET <location>` returns 204 and `Range`.
    private mutating func asked(_ session: UploadSession) async throws -> UploadSession? {
        let response = try await client.send(HTTPRequest(.get, session.url))
        guard [200, 202, 204].contains(response.status), let received = UploadRange.received(response.headers["range"]),
            received <= blob.size
        else {
            lost += 1
            guard lost < Self.mostSessions else {
                throw failed("the registry lost it \(lost) times, the last time with status \(response.status)")
            }
            return nil
        }
        var next = session
        next.offset = received
        if let location = response.headers["location"] { next.url = try client.checked(location, from: session.url) }
        return next
    }

    private mutating func step(_ session: UploadSession) async throws -> Step {
        meter.begin(at: session.offset)
        let response: HTTPResponse
        do {
            response = try await (session.offset < blob.size ? sendPiece(session) : close(session))
        } catch RegistryError.unreachable(_, let reason) where reason.isTransient {
            return .unknown(wait: nil, why: "\(reason)")
        }
        if session.offset == blob.size, [201, 204].contains(response.status) { return .done }
        switch response.status {
        case 202 where session.offset < blob.size: return try moved(session, response)
        case 413 where pieceSize(session) > max(leastPiece, session.leastPiece): return .tooLarge
        case 404: return .lost(why: "the registry has lost it")
        // "416 … the client MUST GET the session's status": a chunk that does not follow the last one.
        case 416: return .unknown(wait: nil, why: "the registry has another part than it reported")
        case let status where RetryPolicy.isTransient(status):
            return .unknown(wait: response.retryAfter, why: "status \(status)")
        default: return .refused(client.refusal(response, "the blob \(blob.digest) for \(opening.repository)"))
        }
    }

    private func pieceSize(_ session: UploadSession) -> UInt64 {
        min(max(piece, session.leastPiece), blob.size - session.offset)
    }

    private func sendPiece(_ session: UploadSession) async throws -> HTTPResponse {
        let count = pieceSize(session)
        let headers = [
            "Content-Type": "application/octet-stream",
            "Content-Range": "\(session.offset)-\(session.offset + count - 1)",
        ]
        let body = HTTPBody.file(file, offset: session.offset, count: count)
        return try await client.sendOnce(HTTPRequest(.patch, session.url, headers: headers, body: body)) { [meter] in
            meter.add($0)
        }
    }

    private func close(_ session: UploadSession) async throws -> HTTPResponse {
        let url = RegistryURL.adding("digest", blob.digest.description, to: session.url)
        return try await client.sendOnce(HTTPRequest(.put, url, body: .bytes([])))
    }

    /// The session after an accepted chunk. Its `Range` is not believed: registries count the last chunk alone, or one
    /// byte too many, or not at all. A chunk that was accepted in part is found by the digest at the end.
    private func moved(_ session: UploadSession, _ response: HTTPResponse) throws -> Step {
        var next = session
        next.offset = session.offset + pieceSize(session)
        if let location = response.headers["location"] { next.url = try client.checked(location, from: session.url) }
        return .moved(next)
    }

    private mutating func pause(_ wait: Duration?, _ why: String) async throws {
        failures += 1
        guard failures < client.retryPolicy.attempts else { throw failed(why) }
        try await client.retryPolicy.wait(after: failures, asked: wait, by: client.address.host)
    }

    private mutating func giveUp(_ why: String) throws {
        lost += 1
        guard lost < Self.mostSessions else { throw failed(why) }
        journal.remove()
    }

    private func failed(_ why: String) -> RegistryError {
        .uploadFailed(blob.digest, "\(client.address.host)/\(opening.repository)", problem: why)
    }
}
