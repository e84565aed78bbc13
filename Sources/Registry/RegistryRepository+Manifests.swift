// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Transport

extension RegistryRepository: RepositoryWriting {
    private static let accepted = ["Accept": ManifestType.all.joined(separator: ", ")]

    /// The digest that the tag names.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    package func digest(ofTag tag: String) async throws -> Digest? {
        let response = try await client.send(HTTPRequest(.head, manifestURL(.tag(tag)), headers: Self.accepted))
        switch response.status {
        case 200:
            // Old registries do not send the digest; it is then computed from the document.
            if let digest = response.announcedDigest { return digest }
            return try await manifest(.tag(tag))?.digest
        case 404: return nil
        case 405, 501: return try await manifest(.tag(tag))?.digest
        default: throw client.refusal(response, "the manifest \(tag) of \(repository)")
        }
    }

    /// A manifest or an index; `nil` when there is none.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    package func manifest(_ name: ManifestName) async throws -> StoredManifest? {
        let request = HTTPRequest(.get, manifestURL(name), headers: Self.accepted)
        let response = try await client.send(request, limit: StoredManifest.sizeLimit)
        if response.status == 404 { return nil }
        guard response.status == 200 else {
            throw client.refusal(response, "the manifest \(name.text) of \(repository)")
        }
        let place = "\(self.name)\(name.suffix)"
        let manifest = try StoredManifest(checking: response.body, announced: response.mediaType, from: place)
        if let expected = name.digest ?? response.announcedDigest, expected != manifest.digest {
            throw RegistryError.wrongBytes("the manifest \(place)", expected: expected, actual: manifest.digest)
        }
        return manifest
    }

    /// Pushes a manifest, under its digest or a tag.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    package func put(manifest: StoredManifest, as name: ManifestName) async throws {
        if let digest = name.digest, digest != manifest.digest {
            throw StoreError.digestMismatch(expected: digest, actual: manifest.digest)
        }
        // Some registries refuse to write a tag twice, even with the same document.
        if let tag = name.tag, try await digest(ofTag: tag) == manifest.digest { return }
        _ = try await write(manifest, as: name)
    }

    /// Pushes a manifest.
    ///
    /// - Parameter condition: The entity tag that the replaced manifest must have (`If-Match`).
    /// - Returns: The registry's response.
    /// - Throws: `RegistryError`.
    func write(_ manifest: StoredManifest, as name: ManifestName, condition: String? = nil) async throws -> HTTPResponse
    {
        var headers = ["Content-Type": manifest.mediaType]
        if let condition { headers["If-Match"] = condition }
        let request = HTTPRequest(.put, manifestURL(name), headers: headers, body: .bytes(manifest.bytes))
        let response = try await client.send(request)
        guard [200, 201, 202, 204].contains(response.status) else {
            throw client.refusal(response, "the manifest \(name.text) for \(repository)")
        }
        if let stored = response.announcedDigest, stored != manifest.digest {
            throw RegistryError.wrongBytes(
                "the manifest that \(self.name)\(name.suffix) has now", expected: manifest.digest, actual: stored)
        }
        return response
    }

    func manifestURL(_ name: ManifestName) -> String { url("manifests/\(name.text)") }
}

extension ManifestName {
    /// The digest, if the name is one.
    var digest: Digest? {
        guard case .digest(let digest) = self else { return nil }
        return digest
    }

    /// The form in URLs.
    var text: String {
        switch self {
        case .tag(let tag): tag
        case .digest(let digest): digest.description
        }
    }

    /// The form behind a repository's name.
    var suffix: String {
        switch self {
        case .tag(let tag): ":\(tag)"
        case .digest(let digest): "@\(digest)"
        }
    }
}

extension HTTPResponse {
    /// `Docker-Content-Digest`, if it is a SHA-256.
    var announcedDigest: Digest? { headers["docker-content-digest"].flatMap { try? Digest($0) } }

    /// `Content-Type` without its parameters.
    var mediaType: String? {
        headers["content-type"].map { $0.prefix { $0 != ";" }.split(separator: " ").joined().lowercased() }
    }
}
