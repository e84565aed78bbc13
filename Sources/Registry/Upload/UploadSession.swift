// SPDX-License-Identifier: Apache-2.0

import Core
import Transport

/// An upload that a registry has opened (OCI distribution-spec, "Pushing blobs"): its latest address, which is
/// different after each answer and not ours to understand.
struct UploadSession: Hashable, Sendable {
    /// Where the next bytes go.
    var url: String
    /// How many bytes the registry has.
    var offset: UInt64 = 0
    /// The least bytes a piece must have, but for the last (`OCI-Chunk-Min-Length`).
    var leastPiece: UInt64 = 0
}

/// The field `Range` of an answer about an upload.
package enum UploadRange {
    /// The bytes that a registry says it has: `0-<last>`, also written `bytes=0-<last>`; `nil` when it says nothing
    /// that makes sense.
    ///
    /// `0-0` is one byte, and with many registries none: it counts as none, because sending a byte again is harmless.
    package static func received(_ field: String?) -> UInt64? {
        guard let field, let match = field.wholeMatch(of: /(bytes[= ])?0-(\d{1,18})/), let last = UInt64(match.2)
        else { return nil }
        return last == 0 ? 0 : last + 1
    }
}

/// What begins an upload.
struct UploadOpening: Sendable {
    let client: RegistryClient
    let repository: String
    let digest: Digest

    /// Whether the registry has taken the blob from one of `mountSources`, repositories of its own ("Mounting a blob
    /// from another repository").
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    func mount(from mountSources: [String]) async throws -> Bool {
        for mountSource in mountSources {
            let mount = RegistryURL.adding("mount", digest.description, to: uploads)
            let response = try await post(RegistryURL.adding("from", mountSource, to: mount))
            if response.status == 201 { return true }
            // 202 is an upload that was opened instead. Registries that do not know mounts, or us at the mountSource,
            // answer in many ways.
            if response.status == 202, let session = try? session(response) { await cancel(session) }
        }
        return false
    }

    /// Tells the registry that nothing more comes, so that it need not keep what has come ("Cancel a blob upload").
    /// Whether it listens does not matter: it tidies up one day.
    func cancel(_ session: UploadSession) async {
        _ = try? await client.sendOnce(HTTPRequest(.delete, session.url))
    }

    /// A new session.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    func begin() async throws -> UploadSession {
        let response = try await post(uploads)
        guard response.status == 202 else { throw client.refusal(response, "an upload to \(repository)") }
        return try session(response)
    }

    private func session(_ response: HTTPResponse) throws(RegistryError) -> UploadSession {
        guard let location = response.headers["location"] else {
            throw RegistryError.malformed(client.address.host, "an upload without a place for it")
        }
        let least = response.headers["oci-chunk-min-length"].flatMap { UInt64($0) } ?? 0
        return UploadSession(url: try client.checked(location, from: uploads), leastPiece: min(least, 1 << 30))
    }

    private var uploads: String { client.address.url(repository, "blobs/uploads/") }

    private func post(_ url: String) async throws -> HTTPResponse {
        try await client.send(HTTPRequest(.post, url, body: .bytes([])))
    }
}
