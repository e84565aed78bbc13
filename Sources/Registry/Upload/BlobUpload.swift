// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage
import Transport

/// Uploads one blob: in one request up to `singleLimit` bytes, chunked above it.
struct BlobUpload: Sendable {
    let client: RegistryClient
    let repository: String
    let blob: RemoteBlob
    let store: Store
    let sizes: UploadSizes

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
        if blob.size > sizes.single {
            do { return try await pieces(meter) } catch RegistryError.answer(_, _, let status, _) where status < 500 {
                // Some registries refuse chunks; all accept the whole blob.
            }
        }
        try await whole(meter)
    }

    private func pieces(_ meter: UploadMeter) async throws {
        let journal = UploadJournal(
            blob.digest, origin: client.address.origin, repository: repository, in: store)
        var upload = ChunkedUpload(
            client: client, opening: opening, blob: blob, file: store.path(of: blob.digest), journal: journal,
            piece: sizes.piece, meter: meter)
        try await upload.run()
        journal.remove()
    }

    /// POST, then PUT with all bytes. After an interruption the blob is sent again, unless only the response was lost.
    private func whole(_ meter: UploadMeter) async throws {
        let body = HTTPBody.file(store.path(of: blob.digest), offset: 0, count: blob.size)
        var isRepeated = false
        var last: UploadSession?
        let response = try await client.retryPolicy.repeating(at: client.address.host) {
            if isRepeated, let there = try await present() { return there }
            isRepeated = true
            let session = try await opening.begin()
            last = session
            meter.begin(at: 0)
            let url = RegistryURL.adding("digest", blob.digest.description, to: session.url)
            let headers = ["Content-Type": "application/octet-stream"]
            return try await client.sendOnce(HTTPRequest(.put, url, headers: headers, body: body)) { meter.add($0) }
        }
        do { try await check(response) } catch {
            if let last { await opening.cancel(last) }
            throw error
        }
    }

    /// The response to a request for an existing blob; `nil` when it does not exist.
    private func present() async throws -> HTTPResponse? {
        let url = client.address.url(repository, "blobs/\(blob.digest)")
        let response = try await client.sendOnce(HTTPRequest(.head, url))
        return response.status == 200 ? response : nil
    }

    /// Whether the registry accepted the blob.
    ///
    /// - Throws: `OCIError.corruptBlob` when it reports a wrong digest, and is right; `RegistryError`.
    private func check(_ response: HTTPResponse) async throws {
        if (200...204).contains(response.status) { return }
        if response.status == 400, try !store.isIntact(blob.digest) {
            throw OCIError.corruptBlob(blob.digest, in: store.root)
        }
        throw client.refusal(response, "the blob \(blob.digest) for \(repository)")
    }
}

/// The size from which a blob is uploaded in chunks, and the size of a chunk.
package struct UploadSizes: Hashable, Sendable {
    /// The most bytes of a single request.
    package var single: UInt64 = 64 << 20
    /// The bytes of a chunk, unless the registry requires more.
    package var piece: UInt64 = 16 << 20

    /// The default sizes.
    package init() {}
}
