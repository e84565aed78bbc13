// SPDX-License-Identifier: Apache-2.0

import Core
import Transport

/// An open upload (OCI distribution-spec, "Pushing blobs"): its latest URL, which is opaque and changes with each
/// response.
struct UploadSession: Hashable, Sendable {
    /// The URL for the next bytes.
    var url: String
    /// The number of bytes that the registry has.
    var offset: UInt64 = 0
    /// The least bytes of a chunk, except the last (`OCI-Chunk-Min-Length`).
    var leastPiece: UInt64 = 0
}

/// The field `Range` of a response about an upload.
package enum UploadRange {
    /// The bytes that the registry has: `0-<last>`, also written `bytes=0-<last>`; `nil` for an invalid value.
    ///
    /// `0-0` is one byte, and with many registries none: it counts as none, because sending a byte again is harmless.
    package static func received(_ field: String?) -> UInt64? {
        guard let field, let match = field.wholeMatch(of: /(bytes[= ])?0-(\d{1,18})/), let last = UInt64(match.2)
        else { return nil }
        return last == 0 ? 0 : last + 1
    }
}

/// Opens uploads.
struct UploadOpening: Sendable {
    let client: RegistryClient
    let repository: String
    let digest: Digest

    /// Whether the registry mounted the blob from one of `mountSources`, repositories of the same registry ("Mounting a
    /// blob from another repository").
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    func mount(from mountSources: [String]) async throws -> Bool {
        for mountSource in mountSources {
            let mount = RegistryURL.adding("mount", digest.description, to: uploads)
            let response = try await post(RegistryURL.adding("from", mountSource, to: mount))
            if response.status == 201 { return true }
            // 202 is a new upload instead. Registries that do not support mounts, or deny access to the source, send
            // various statuses.
            if response.status == 202, let session = try? session(response) { await cancel(session) }
        }
        return false
    }

    /// Cancels an upload ("Cancel a blob upload"). A failure is ignored: registries remove old uploads themselves.
    func cancel(_ session: UploadSession) async {
        _ = try? await client.sendOnce(HTTPRequest(.delete, session.url))
    }

    /// Opens a session.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    func begin() async throws -> UploadSession {
        let response = try await post(uploads)
        guard response.status == 202 else { throw client.refusal(response, "an upload to \(repository)") }
        return try session(response)
    }

    private func session(_ response: HTTPResponse) throws(RegistryError) -> UploadSession {
        guard let location = response.headers["location"] else {
            throw RegistryError.malformed(client.address.host, "an upload without a Location")
        }
        let least = response.headers["oci-chunk-min-length"].flatMap { UInt64($0) } ?? 0
        return UploadSession(url: try client.checked(location, from: uploads), leastPiece: min(least, 1 << 30))
    }

    private var uploads: String { client.address.url(repository, "blobs/uploads/") }

    private func post(_ url: String) async throws -> HTTPResponse {
        try await client.send(HTTPRequest(.post, url, body: .bytes([])))
    }
}
