// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage
import Transport

/// Sends one blob: in one request up to `singleLimit` bytes, in pieces above it.
struct BlobUpload: Sendable {
    let client: RegistryClient
    let repository: String
    let blob: RemoteBlob
    let store: Store
    let sizes: UploadSizes

    private var opening: UploadOpening {
        UploadOpening(client: client, repository: repository, digest: blob.digest)
    }

    /// Sends the blob, unless it is there.
    ///
    /// - Parameter report: Is told of bytes, by their count.
    /// - Throws: `RegistryError`, `OCIError.corruptBlob`, `FileError`, `CancellationError`.
    func run(report: @escaping @Sendable (UInt64) -> Void) async throws {
        guard store.contains(blob.digest, size: blob.size) else {
            throw OCIError.missingBlob(blob.digest, in: store.root)
        }
        let meter = UploadMeter(size: blob.size, report: report)
        defer { meter.finish() }
        if blob.size > sizes.single {
            do { return try await pieces(meter) } catch RegistryError.answer(_, _, let status, _) where status < 500 {
                // Not every registry takes pieces; all take the whole.
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

    /// POST, then PUT with all bytes. What was sent before an interruption is lost, but for the case that only the
    /// answer was.
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

    /// The answer that the blob is there; `nil` where it is not.
    private func present() async throws -> HTTPResponse? {
        let url = client.address.url(repository, "blobs/\(blob.digest)")
        let response = try await client.sendOnce(HTTPRequest(.head, url))
        return response.status == 200 ? response : nil
    }

    /// Whether a registry took the blob.
    ///
    /// - Throws: `OCIError.corruptBlob` when it says that the digest is wrong, and is right; `RegistryError`.
    private func check(_ response: HTTPResponse) async throws {
        if (200...204).contains(response.status) { return }
        if response.status == 400, try !store.isIntact(blob.digest) {
            throw OCIError.corruptBlob(blob.digest, in: store.root)
        }
        throw client.refusal(response, "the blob \(blob.digest) for \(repository)")
    }
}

/// From how many bytes on a blob is sent in pieces, and how large those are.
package struct UploadSizes: Hashable, Sendable {
    /// The most bytes that go in one request.
    package var single: UInt64 = 64 << 20
    /// The bytes of a piece, unless the registry wants more.
    package var piece: UInt64 = 16 << 20

    /// What is right for everyday networks.
    package init() {}
}
