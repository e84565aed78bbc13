// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Synchronization
import SystemPackage
import Transport

/// Uploads one blob, in the first way that the registry accepts.
///
/// Registries agree on little beyond one request with all bytes: several answer a chunk with an error, or report an
/// offset that is not the true one. So chunks are only for a registry, or a proxy before it, that limits the size of a
/// request.
struct BlobUpload: Sendable {
    let client: RegistryClient
    let repository: String
    let blob: RemoteBlob
    let store: Store
    let sizes: UploadSizes
    let preference: UploadPreference

    private var opening: UploadOpening {
        UploadOpening(client: client, repository: repository, digest: blob.digest)
    }

    /// Uploads the blob, unless the registry has it.
    ///
    /// - Parameter report: Called with the number of bytes sent.
    /// - Throws: `RegistryError`, `OCIError.corruptBlob`, `FileError`, `CancellationError`.
    func run(report: @escaping @Sendable (UInt64) -> Void) async throws {
        guard store.contains(blob.digest, size: blob.size) else {
            throw OCIError.missingBlob(blob.digest, in: store.root)
        }
        let meter = UploadMeter(size: blob.size, report: report)
        defer { meter.finish() }
        let isLarge = blob.size > sizes.single
        var ways = preference.ways(isLarge: isLarge)
        while let way = ways.first {
            ways.removeFirst()
            do {
                try await send(way, meter)
                return preference.worked(way, isLarge: isLarge)
            } catch let refusal as UploadRefusal {
                // 413 Content Too Large (RFC 9110, 15.5.14).
                if refusal.status == 413, way != .pieces { ways = [.pieces] + ways.filter { $0 != .pieces } }
                guard !refusal.isFinal, !ways.isEmpty else { throw refusal.error }
            }
        }
    }

    private func send(_ way: UploadWay, _ meter: UploadMeter) async throws {
        switch way {
        case .whole: try await whole(meter)
        case .stream: try await stream(meter)
        case .pieces: try await pieces(meter)
        }
    }

    private func pieces(_ meter: UploadMeter) async throws {
        let journal = UploadJournal(
            blob.digest, origin: client.address.origin, repository: repository, in: store)
        var upload = ChunkedUpload(
            client: client, opening: opening, blob: blob, file: store.path(of: blob.digest), journal: journal,
            sizes: sizes, meter: meter)
        do { try await upload.run() } catch let error as RegistryError {
            guard case .answer(_, _, let status, _) = error else { throw error }
            throw UploadRefusal(status: status, error: error)
        }
        journal.remove()
    }

    /// POST, then PUT with all bytes ("POST then PUT").
    private func whole(_ meter: UploadMeter) async throws {
        try await inSession { session in try await sendAll(.put, to: closing(session.url), meter) }
    }

    /// POST, one PATCH with all bytes and without a range ("Streamed upload" of Docker's registry API), then an empty
    /// PUT: as docker, skopeo and crane do.
    private func stream(_ meter: UploadMeter) async throws {
        do {
            try await inSession { session in
                let patched = try await sendAll(.patch, to: session.url, meter)
                // 500 is a registry that does not know such a request.
                guard patched.status != 500 else { throw refusal(patched) }
                guard (200...204).contains(patched.status) else { return patched }
                let next = try patched.headers["location"].map { try client.checked($0, from: session.url) }
                return try await client.sendOnce(
                    HTTPRequest(.put, closing(next ?? session.url), body: .bytes([])))
            }
        } catch RegistryError.unreachable(let host, let reason) where reason.isTransient {
            throw UploadRefusal(status: 0, error: .unreachable(host, reason))
        }
    }

    /// Opens a session and sends the blob in it. After an interruption it is sent again in another session, unless only
    /// the response was lost.
    private func inSession(_ send: (UploadSession) async throws -> HTTPResponse) async throws {
        var sessions: [UploadSession] = []
        do {
            let response = try await client.retryPolicy.repeating(at: client.address.host) {
                if !sessions.isEmpty, let there = try await present() { return there }
                let session = try await opening.begin()
                sessions.append(session)
                return try await send(session)
            }
            try await check(response)
        } catch {
            for session in sessions { await opening.cancel(session) }
            throw error
        }
    }

    private func sendAll(_ method: HTTPMethod, to url: String, _ meter: UploadMeter) async throws -> HTTPResponse {
        meter.begin(at: 0)
        let headers = ["Content-Type": "application/octet-stream"]
        let body = HTTPBody.file(store.path(of: blob.digest), offset: 0, count: blob.size)
        return try await client.sendOnce(HTTPRequest(method, url, headers: headers, body: body)) { meter.add($0) }
    }

    private func closing(_ url: String) -> String {
        RegistryURL.adding("digest", blob.digest.description, to: url)
    }

    /// The response to a request for an existing blob; `nil` when it does not exist.
    private func present() async throws -> HTTPResponse? {
        let url = client.address.url(repository, "blobs/\(blob.digest)")
        let response = try await client.sendOnce(HTTPRequest(.head, url))
        return response.status == 200 ? response : nil
    }

    /// Whether the registry accepted the blob.
    ///
    /// - Throws: `OCIError.corruptBlob` when it reports a wrong digest, and is right; `UploadRefusal`.
    private func check(_ response: HTTPResponse) async throws {
        if (200...204).contains(response.status) { return }
        if response.status == 400, try !store.isIntact(blob.digest) {
            throw OCIError.corruptBlob(blob.digest, in: store.root)
        }
        throw refusal(response)
    }

    private func refusal(_ response: HTTPResponse) -> UploadRefusal {
        UploadRefusal(
            status: response.status, error: client.refusal(response, "the blob \(blob.digest) for \(repository)"))
    }
}

/// A way to send the bytes of a blob.
enum UploadWay: Hashable, Sendable {
    /// One PUT.
    case whole
    /// One PATCH without a range, and an empty PUT.
    case stream
    /// A PATCH for each chunk, and an empty PUT.
    case pieces
}

/// A registry's answer to one way of uploading.
private struct UploadRefusal: Error {
    /// The status; 0 without a response.
    let status: Int
    let error: RegistryError

    /// Whether another way would be refused as well: no access, or too many requests.
    var isFinal: Bool { [401, 403, 429].contains(status) }
}

/// The ways of uploading that a registry accepted, so that only the first blob tries others.
final class UploadPreference: Sendable {
    private let accepted = Mutex<[Bool: UploadWay]>([:])

    /// The ways for a blob, best first: for a large one that of the common clients.
    func ways(isLarge: Bool) -> [UploadWay] {
        let usual: [UploadWay] = isLarge ? [.stream, .whole] : [.whole, .stream]
        guard let known = accepted.withLock({ $0[isLarge] }) else { return usual }
        return [known] + usual.filter { $0 != known }
    }

    /// Records a success.
    func worked(_ way: UploadWay, isLarge: Bool) { accepted.withLock { $0[isLarge] = way } }
}

/// The size from which a blob is uploaded like a large one, and the size of a chunk.
package struct UploadSizes: Hashable, Sendable {
    /// The most bytes of a blob that is not large.
    package var single: UInt64 = 64 << 20
    /// The bytes of a chunk, unless the registry requires more.
    package var piece: UInt64 = 16 << 20
    /// The least bytes of a chunk that the registry finds too large; nginx accepts 1 MiB by default
    /// (`client_max_body_size`).
    package var leastPiece: UInt64 = 1 << 19

    /// The default sizes.
    package init() {}
}
