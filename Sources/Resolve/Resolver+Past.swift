// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Foundation
import Transport

/// Finds a pinned version that the archives no longer have in the snapshot service.
///
/// The service tells when an archive first had the file (its machine-usable interface, `mr/binary`); it is trusted for
/// nothing else: the version is taken from the index of that time, which is signed by Debian.
extension Resolver {
    /// The index of that version.
    ///
    /// - Throws: `ResolveError.noSuchVersion`, `.unreachablePast`, errors of verifying the release file.
    func past(
        of pin: WantedVersion, codename: String, progress: @escaping ProgressSink
    ) async throws -> PastIndex {
        progress(
            .note("\(pin.name) \(pin.version) (\(pin.architecture)) is no longer in an archive; searching \(service)."))
        do {
            for sighting in try await sightings(of: pin, progress: progress) {
                for archive in sighting.archives(codename: codename, service: service) {
                    guard let index = try await index(of: archive, pin, progress) else { continue }
                    return PastIndex(index: index, base: sighting.base, time: sighting.time)
                }
            }
        } catch let error as TransportError where !error.isNotFound {
            throw ResolveError.unreachablePast(pin.missing, service: service, error)
        } catch let error as TransportError where error.isNotFound {
            throw ResolveError.noSuchVersion(pin.missing, service: service)
        }
        throw ResolveError.noSuchVersion(pin.missing, service: service)
    }

    /// The times when archives first had the version, the security archive first.
    private func sightings(of pin: WantedVersion, progress: @escaping ProgressSink) async throws -> [Sighting] {
        let version = pin.version.text.replacing("+", with: "%2B").replacing(":", with: "%3A")
        let download = IndexDownload(
            name: "\(pin.name) \(pin.version) at \(service)",
            urls: ["\(service)/mr/binary/\(pin.name.text.replacing("+", with: "%2B"))/\(version)/binfiles?fileinfo=1"],
            digest: nil, size: nil)
        let found = try await source.fetch([download], step: "snapshot", progress: progress)
        guard let digest = found[download.name] else { return [] }
        return Sighting.all(in: try Files.read(store.path(of: digest), limit: 1 << 20), for: pin.architecture)
    }

    /// The version in an archive at that time; nil when the archive does not have it.
    private func index(
        of archive: ArchiveSource, _ pin: WantedVersion, _ progress: @escaping ProgressSink
    ) async throws -> PackagesIndex? {
        let download = IndexDownload(
            name: "\(archive.suite) InRelease", urls: archive.distributions.map { "\($0)/InRelease" }, digest: nil,
            size: nil)
        do {
            let found = try await source.fetch([download], step: "snapshot", progress: progress)
            guard let digest = found[download.name] else { return nil }
            let verified = try await verify(archive, digest, notBefore: nil, expired: .take("as it was"))
            try await fetchIndices(of: [verified], for: [pin.architecture], progress: progress)
            guard let index = try verified.indices(pin.architecture).first else { return nil }
            return try PackagesIndex(
                archive: archive.suite, file: "\(archive.suite)/\(index.path)",
                reading: store.path(of: index.plain.digest)
            ).selecting(pin.name, pin.version, as: "\(pin.name) \(pin.version)")
        } catch let error as TransportError where error.isNotFound {
            return nil
        }
    }
}

/// A version of a package for one architecture.
struct WantedVersion: Hashable, Sendable {
    let name: PackageName
    let version: DebianVersion
    let architecture: Architecture
    /// The available versions.
    let others: [DebianVersion]

    /// The version for errors.
    var missing: MissingVersion {
        MissingVersion(
            package: "\(name) \(version)", architecture: architecture.rawValue, others: others.map(\.text))
    }
}

/// An index with one version, and its pool and time.
struct PastIndex: Sendable {
    let index: PackagesIndex
    let base: String
    let time: Timestamp
}

/// The time when a pool first had a file, according to the service.
struct Sighting: Hashable, Sendable {
    let base: String
    let time: Timestamp

    /// The archives of that pool at that time, those with few packages first.
    func archives(codename: String, service: String) -> [ArchiveSource] {
        let suffixes = base == "debian" ? ["-updates", "-proposed-updates", ""] : ["-security"]
        let address = ArchiveSource.snapshot(base: base, at: time, service: service)
        return suffixes.map { ArchiveSource(suite: codename + $0, base: base, addresses: [address]) }
    }

    /// The sightings in the service's response for an architecture; empty for an invalid response.
    static func all(in bytes: [UInt8], for architecture: Architecture) -> [Sighting] {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(bytes)) else { return [] }
        let files = answer.result.filter { [architecture.rawValue, "all"].contains($0.architecture) }
        let found = files.flatMap { answer.fileinfo[$0.hash] ?? [] }.compactMap { info -> Sighting? in
            guard ["debian", "debian-security"].contains(info.archive),
                let time = Timestamp(compact: info.firstSeen)
            else { return nil }
            return Sighting(base: info.archive, time: time)
        }
        return Set(found).sorted { ($1.base, $0.time) < ($0.base, $1.time) }
    }

    private struct Answer: Decodable {
        struct File: Decodable {
            let architecture, hash: String
        }
        struct Info: Decodable {
            let archive, firstSeen: String
            enum CodingKeys: String, CodingKey {
                case archive = "archive_name"
                case firstSeen = "first_seen"
            }
        }
        let result: [File]
        let fileinfo: [String: [Info]]
    }
}

extension TransportError {
    /// Whether a server responded that the file does not exist.
    fileprivate var isNotFound: Bool {
        guard case .unavailable(let downloads) = self else { return false }
        return downloads.contains { download in
            download.failures.contains { if case .notFound = $0.reason { true } else { false } }
        }
    }
}
