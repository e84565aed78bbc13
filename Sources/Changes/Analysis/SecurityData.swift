// SPDX-License-Identifier: Apache-2.0

import Core
import Debian

/// Snapshots of the data of Debian's security team: pinned files, all of them optional. They are not signed.
package struct SecurityData: Sendable, Hashable {
    /// A file as given on the command line.
    package struct File: Sendable, Hashable {
        /// The name in errors.
        package let name: String
        /// Its bytes.
        package let bytes: [UInt8]

        /// Creates a file.
        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// No files: only the packages are evaluated.
    package static let none = SecurityData(tracker: nil, advisories: [:])
    private let tracker: File?
    private let advisories: [AdvisoryIdentifier.Kind: File]

    /// - Parameters:
    ///   - tracker: A snapshot of `/tracker/data/json`.
    ///   - advisories: Snapshots of `data/DSA/list` and `data/DLA/list`.
    package init(tracker: File?, advisories: [AdvisoryIdentifier.Kind: File]) {
        self.tracker = tracker
        self.advisories = advisories
    }

    /// The kinds and digests of the files, for records.
    package var consulted: [ConsultedFile] {
        (tracker.map { [ConsultedFile(kind: "tracker", digest: Digest(of: $0.bytes))] } ?? [])
            + ordered.map { ConsultedFile(kind: $0.kind.rawValue, digest: Digest(of: $0.file.bytes)) }
    }

    private var ordered: [(kind: AdvisoryIdentifier.Kind, file: File)] {
        advisories.sorted { $0.key.rawValue < $1.key.rawValue }.map { (kind: $0.key, file: $0.value) }
    }

    /// Parses the data about `sources` in the release `codename`.
    func read(sources: Set<PackageName>, codename: String) throws -> SecurityRecords {
        SecurityRecords(
            tracker: try tracker.map {
                try SecurityTracker(parsing: $0.bytes, sources: sources, codename: codename, file: $0.name)
            },
            lists: try ordered.map { try Self.list($0.file, codename: codename) })
    }

    private static func list(_ file: File, codename: String) throws(ChangesError) -> AdvisoryList {
        do { return try AdvisoryList(parsing: file.bytes, codename: codename, file: file.name) } catch {
            throw .advisories(file: file.name, problem: error.sentence)
        }
    }
}

/// The parsed data of the security team.
struct SecurityRecords: Hashable {
    var tracker: SecurityTracker?
    var lists: [AdvisoryList] = []

    /// The advisories on `source` for versions after `old` up to `new`.
    func advisories(on source: PackageName, after old: DebianVersion, to new: DebianVersion) -> [AdvisoryList.Advisory]
    {
        lists.flatMap { $0.advisories(on: source) }.filter {
            $0.version.order(to: old) > 0 && $0.version.order(to: new) <= 0
        }
    }

    /// The tracker's fixes of `source` in versions after `old` up to `new`.
    func fixes(of source: PackageName, after old: DebianVersion, to new: DebianVersion) -> [CVEIdentifier:
        DebianVersion]
    {
        (tracker?.statuses(of: source) ?? [:]).compactMapValues { status in
            guard case .resolved(let version) = status, version.order(to: old) > 0, version.order(to: new) <= 0 else {
                return nil
            }
            return version
        }
    }

    /// The version in which `id` was fixed according to the tracker, if any.
    func fixed(_ id: CVEIdentifier, in source: PackageName) -> DebianVersion? {
        if case .resolved(let version) = tracker?.statuses(of: source)[id] { version } else { nil }
    }
}
