// SPDX-License-Identifier: Apache-2.0

import Debian
import OCI

/// The data of a snapshot of Debian's security tracker (`/tracker/data/json`) about some sources of one release.
///
/// A snapshot has some 60 MB: unwanted members are skipped without being parsed.
package struct SecurityTracker: Sendable, Hashable {
    /// The status of a vulnerability in a source.
    package enum Status: Sendable, Hashable {
        /// Fixed since this version.
        case resolved(DebianVersion)
        /// Not fixed.
        case open
        /// Never present (`fixed_version` "0"), or undetermined.
        case irrelevant
    }

    /// The maximum size of a snapshot in bytes.
    package static let limit = 1 << 28
    private let statuses: [PackageName: [CVEIdentifier: Status]]

    /// Parses the data about `sources` in the release `codename`; `file` is the name in errors.
    ///
    /// - Throws: `ChangesError.tracker`.
    package init(
        parsing bytes: [UInt8], sources: Set<PackageName>, codename: String, file: String
    ) throws(ChangesError) {
        do {
            guard bytes.count <= Self.limit else {
                throw OCIError.json(.tooLarge(limit: Self.limit), line: 1, column: 1)
            }
            let wanted = Set(sources.map(\.text))
            let members = try JSONMembers(of: bytes).values { wanted.contains($0) }
            statuses = try Dictionary(
                members.compactMap { name, range -> (PackageName, [CVEIdentifier: Status])? in
                    guard let source = try? PackageName(name) else { return nil }
                    let value = try JSONValue(parsing: Array(bytes[range]), limit: Self.limit)
                    return (source, Self.statuses(in: value, codename: codename))
                }, uniquingKeysWith: { first, _ in first })
        } catch {
            throw .tracker(file: file, problem: (error as? OCIError)?.sentence ?? "it cannot be read.")
        }
    }

    /// The status of each vulnerability of `source` in the release.
    package func statuses(of source: PackageName) -> [CVEIdentifier: Status] { statuses[source] ?? [:] }

    private static func statuses(in value: JSONValue, codename: String) -> [CVEIdentifier: Status] {
        guard case .object(let entries) = value else { return [:] }
        return Dictionary(
            entries.compactMap { name, entry -> (CVEIdentifier, Status)? in
                // Other names, such as TEMP-…, have no meaning outside of the tracker.
                guard let id = CVEIdentifier(name), let release = entry["releases"]?[codename] else { return nil }
                return (id, status(release))
            }, uniquingKeysWith: { first, _ in first })
    }

    private static func status(_ release: JSONValue) -> Status {
        switch release["status"]?.string {
        case "open": return .open
        case "resolved":
            guard let text = release["fixed_version"]?.string, text != "0", let version = try? DebianVersion(text)
            else {
                return .irrelevant
            }
            return .resolved(version)
        default: return .irrelevant
        }
    }
}
