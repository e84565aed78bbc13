// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Transport

extension RegistryRepository {
    /// The limits of writes of the referrers tag, and of pages of the referrers API.
    private static let mostWrites = 3
    private static let mostPages = 100

    /// The manifests whose subject is `subject`, sorted.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    package func referrers(of subject: Digest) async throws -> [Digest] {
        if let listed = try await listedReferrers(of: subject) { return listed }
        return try await taggedReferrers(of: subject).index.digests
    }

    /// Pushes manifests and adds them to the list of `referrers(of:)`.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    package func attach(_ manifests: [StoredManifest], to subject: Digest) async throws {
        var isListed = true
        for manifest in manifests {
            let response = try await write(manifest, as: .digest(manifest.digest))
            // "OCI-Subject" shows that the registry maintains the list itself.
            if response.headers["oci-subject"] != subject.description { isListed = false }
        }
        if isListed { return }
        let tag = ReferrersIndex.tag(for: subject)
        for _ in 0..<Self.mostWrites {
            var (index, condition) = try await taggedReferrers(of: subject)
            guard index.add(manifests) else { return }
            let document = StoredManifest(mediaType: ManifestType.index, bytes: index.serialized())
            do { _ = try await write(document, as: .tag(tag), condition: condition) } catch RegistryError.answer(
                _, _, 412, _)
            { continue }
            // Another client may have written between the read and the write: the loop reads once more.
        }
        var (index, _) = try await taggedReferrers(of: subject)
        if index.add(manifests) { throw RegistryError.contested("\(name):\(tag)") }
    }

    /// The result of the referrers API, all pages; `nil` when the registry does not have it.
    private func listedReferrers(of subject: Digest) async throws -> [Digest]? {
        var next: String? = url("referrers/\(subject)")
        var found: Set<Digest> = []
        for _ in 0..<Self.mostPages {
            guard let page = next else { break }
            let request = HTTPRequest(.get, page, headers: ["Accept": ManifestType.index])
            let response = try await client.sendAtHome(request, limit: StoredManifest.sizeLimit)
            guard let response, let index = try listed(response, subject) else { return nil }
            found.formUnion(index.digests)
            next = try response.headers["link"].flatMap(Self.nextPage).map { try client.checked($0, from: page) }
        }
        return found.sorted()
    }

    /// The index in a response of the referrers API; `nil` when the registry does not have it, by one of the statuses
    /// with which registries say so.
    private func listed(_ response: HTTPResponse, _ subject: Digest) throws -> ReferrersIndex? {
        let place = "the referrers of \(name)@\(subject)"
        switch response.status {
        case 200 where response.mediaType == ManifestType.index: return try ReferrersIndex(response.body, from: place)
        case 200 where response.isGeneric: return try? ReferrersIndex(response.body, from: place)
        case 200, 400, 401, 403, 404, 405, 406, 500, 501: return nil
        default: throw client.refusal(response, place)
        }
    }

    /// The target of `Link: <…>; rel="next"` (RFC 8288).
    package static func nextPage(_ link: String) -> String? {
        link.firstMatch(of: /<([^>]*)>\s*;[^,]*rel="?next"?/).map { String($0.1) }
    }

    /// The index under the referrers tag, and its entity tag.
    private func taggedReferrers(of subject: Digest) async throws -> (index: ReferrersIndex, condition: String?) {
        let name = ManifestName.tag(ReferrersIndex.tag(for: subject))
        let place = "\(self.name)\(name.suffix)"
        let request = HTTPRequest(.get, manifestURL(name), headers: ["Accept": ManifestType.index])
        let response = try await client.send(request, limit: StoredManifest.sizeLimit)
        switch response.status {
        case 404: return (try ReferrersIndex(nil, from: place), nil)
        case 200:
            guard response.isGeneric || response.mediaType == ManifestType.index else {
                throw RegistryError.foreignReferrers(place)
            }
            if let expected = response.announcedDigest, expected != Digest(of: response.body) {
                throw RegistryError.wrongBytes(
                    "the manifest \(place)", expected: expected, actual: Digest(of: response.body))
            }
            return (try ReferrersIndex(response.body, from: place), response.headers["etag"])
        default: throw client.refusal(response, "the manifest \(name.text) of \(repository)")
        }
    }
}

extension HTTPResponse {
    /// Whether only the document itself names its type.
    fileprivate var isGeneric: Bool {
        mediaType.map { ["application/json", "application/octet-stream", "text/plain"].contains($0) } ?? true
    }
}

extension RegistryClient {
    /// The response of the registry itself; `nil` for a redirect to another host, which has no referrers.
    fileprivate func sendAtHome(_ request: HTTPRequest, limit: Int) async throws -> HTTPResponse? {
        do { return try await send(request, limit: limit, staysAtHome: true) } catch RegistryError.badRedirect {
            return nil
        }
    }
}
