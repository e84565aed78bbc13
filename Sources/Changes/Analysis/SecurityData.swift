// SPDX-License-Identifier: Apache-2.0

import Core
import Debian

/// Snapshots of what Debian's security team publishes: pinned files, all of them optional. They come without a
/// signature.
package struct SecurityData: Sendable, Hashable {
    /// A file as it was given.
    package struct File: Sendable, Hashable {
        /// What it is called in errors.
        package let name: String
        /// Its bytes.
        package let bytes: [UInt8]

        /// A file of that name.
        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// No file: the packages alone are asked.
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

    /// What is to be recorded of them.
    package var consulted: [ConsultedFile] {
        (tracker.map { [ConsultedFile(kind: "tracker", digest: Digest(of: $0.bytes))] } ?? [])
            + ordered.map { ConsultedFile(kind: $0.kind.rawValue, digest: Digest(of: $0.file.bytes)) }
    }

    private var ordered: [(kind: AdvisoryIdentifier.Kind, file: File)] {
        advisories.sorted { $0.key.rawValue < $1.key.rawValue }.map { (kind: $0.key, file: $0.value) }
    }

    /// Reads what they say about `sources` in the release `codename`.
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

/// What the security team's files say, read.
struct SecurityRecords: Hashable {
    var tracker: SecurityTracker?
    var lists: [AdvisoryList] = []

    /// The advisories on `source` whose version came with the step from `old` to `new`.
    func advisories(on source: PackageName, after old: DebianVersion, to new: DebianVersion) -> [AdvisoryList.Advisory]
    {
        lists.flatMap { $0.advisories(on: source) }.filter {
            $0.version.order(to: old) > 0 && $0.version.order(to: new) <= 0
        }
    }

    /// What the tracker says was fixed with the step from `old` to `new`.
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

    /// When the tracker says that `id` was fixed, if it says so.
    func fixed(_ id: CVEIdentifier, in source: PackageName) -> DebianVersion? {
        if case .resolved(let version) = tracker?.statuses(of: source)[id] { version } else { nil }
    }
}
