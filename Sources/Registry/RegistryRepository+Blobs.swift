// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Transport

extension RegistryRepository: BlobSource, BlobDestination {
    /// A small blob.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    package func blob(_ digest: Digest, limit: Int) async throws -> [UInt8] {
        let response = try await client.send(HTTPRequest(.get, url("blobs/\(digest)")), limit: limit)
        if response.status == 404 { throw RegistryError.missing("blob \(digest)", in: name) }
        guard response.status == 200 else { throw client.refusal(response, "the blob \(digest) of \(repository)") }
        let actual = Digest(of: response.body)
        guard actual == digest else {
            throw RegistryError.wrongBytes("the blob \(digest) in '\(name)'", expected: digest, actual: actual)
        }
        return response.body
    }

    /// Pushes a small blob.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    package func put(blob: [UInt8]) async throws -> Digest {
        let digest = Digest(of: blob)
        if try await has(digest) { return digest }
        let opening = UploadOpening(client: client, repository: repository, digest: digest)
        let session = try await opening.begin()
        let url = RegistryURL.adding("digest", digest.description, to: session.url)
        let headers = ["Content-Type": "application/octet-stream"]
        let response = try await client.send(HTTPRequest(.put, url, headers: headers, body: .bytes(blob)))
        if (200...204).contains(response.status) { return digest }
        // The response to a first attempt may have been lost.
        if try await has(digest) { return digest }
        await opening.cancel(session)
        throw client.refusal(response, "the blob \(digest) for \(repository)")
    }

    /// Whether the repository has the manifest of that digest.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    package func contains(manifest: Digest) async throws -> Bool {
        let headers = ["Accept": ManifestType.all.joined(separator: ", ")]
        let response = try await client.send(HTTPRequest(.head, manifestURL(.digest(manifest)), headers: headers))
        if Self.lacksHead(response) { return try await self.manifest(.digest(manifest)) != nil }
        return try isThere(response, "the manifest \(manifest) of \(repository)")
    }

    /// The blobs that the repository does not have.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    package func missing(_ blobs: [RemoteBlob]) async throws -> [RemoteBlob] {
        let found = try await blobs.concurrentMap(limit: settings.parallelism) { blob in
            if try await has(blob.digest) { return true }
            return try await mounted(blob.digest)
        }
        return zip(blobs, found).filter { !$0.1 }.map(\.0)
    }

    /// Pushes blobs of the store.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    package func send(_ blobs: [RemoteBlob], from store: Store, progress: @escaping ProgressSink) async throws {
        guard !blobs.isEmpty else { return }
        let step = "push"
        progress(.began(step: step, total: blobs.reduce(0) { $0 + $1.size }, unit: .bytes))
        // The largest first, so that none runs alone at the end.
        do {
            _ = try await blobs.sorted { ($1.size, $0.digest) < ($0.size, $1.digest) }
                .concurrentMap(limit: settings.parallelism) { blob in
                    let upload = BlobUpload(
                        client: client, repository: repository, blob: blob, store: store, sizes: settings.sizes,
                        preference: uploads)
                    try await upload.run { progress(.advanced(step: step, by: $0, detail: nil)) }
                    progress(.advanced(step: step, by: 0, detail: "\(blob.digest)"))
                }
        } catch {
            progress(.ended(step: step, summary: "stopped"))
            throw error
        }
        progress(.ended(step: step, summary: "\(blobs.count) sent to \(name)"))
    }

    /// Fetches blobs into the store, each verified against its digest.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    package func fetch(_ blobs: [RemoteBlob], into store: Store, progress: @escaping ProgressSink) async throws {
        guard !blobs.isEmpty else { return }
        let downloads = blobs.map {
            Download(name: "\($0.digest)", urls: [url("blobs/\($0.digest)")], digest: $0.digest, size: $0.size)
        }
        let downloader = Downloader(
            store: store, parallelism: settings.parallelism, settings: settings.transport,
            authorization: client.authorization)
        do { _ = try await downloader.fetch(downloads, step: "pull", progress: progress) } catch let error
            as TransportError
        { throw failure(error) }
    }

    private func has(_ digest: Digest) async throws -> Bool {
        var response = try await client.send(HTTPRequest(.head, url("blobs/\(digest)")))
        if Self.lacksHead(response) {
            let request = HTTPRequest(.get, url("blobs/\(digest)"), headers: ["Range": "bytes=0-0"])
            do { response = try await client.send(request) } catch RegistryError.unreachable(_, .tooLarge) {
                return true
            }
        }
        return try isThere(response, "the blob \(digest) of \(repository)")
    }

    /// Whether the registry knows only `GET` (RFC 9110 sections 15.5.6 and 15.6.2).
    private static func lacksHead(_ response: HTTPResponse) -> Bool { [405, 501].contains(response.status) }

    private func isThere(_ response: HTTPResponse, _ what: String) throws -> Bool {
        switch response.status {
        case 200, 206: return true
        case 404: return false
        default: throw client.refusal(response, what)
        }
    }

    /// Whether the registry mounted the blob from another repository.
    private func mounted(_ digest: Digest) async throws -> Bool {
        guard !mountSources.isEmpty else { return false }
        let opening = UploadOpening(client: client, repository: repository, digest: digest)
        return try await opening.mount(from: mountSources)
    }

    /// The error of this module for a failed download.
    private func failure(_ error: TransportError) -> any Error {
        guard case .unavailable(let downloads) = error, let first = downloads.first,
            let reason = first.failures.last?.reason
        else { return error }
        switch reason {
        case .digestMismatch(let actual):
            guard let expected = try? Digest(first.name) else { return error }
            return RegistryError.wrongBytes(
                "the blob \(first.name) in '\(name)'", expected: expected, actual: actual)
        case .notFound: return RegistryError.missing("blob \(first.name)", in: name)
        case .refused(let status) where [401, 403].contains(status):
            return RegistryError.denied(client.address.host, "the blob \(first.name)", status: status, "")
        default: return RegistryError.unreachable(client.address.host, reason)
        }
    }
}
