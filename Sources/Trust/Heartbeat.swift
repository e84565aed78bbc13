// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Signing

/// The signed statement that the archives were checked for updates of a release (the role of TUF's timestamp, in one
/// statement). Clients detect a stalled CI by it, and a registry that withholds a release.
package struct Heartbeat: Hashable, Sendable {
    /// An archive at the time of the check.
    package struct Archive: Hashable, Sendable {
        /// The suite, such as "bookworm-security".
        package let suite: String
        /// The digest of its release file.
        package let inRelease: Digest
        /// Its date.
        package let date: Timestamp

        /// Creates an archive.
        package init(suite: String, inRelease: Digest, date: Timestamp) {
            self.suite = suite
            self.inRelease = inRelease
            self.date = date
        }
    }

    /// The predicate type; docs/trust.md describes the predicate.
    package static let predicateType = "https://github.com/opencode-docker/opencode-docker/heartbeat/v1"
    /// The tag that names the newest heartbeat.
    package static let tag = "channel-stable"

    /// `registry/path`.
    package let repository: String
    /// The index or manifest of the current release.
    package let release: Digest
    /// Its version.
    package let version: SemanticVersion
    /// When the archives were checked.
    package let checkedAt: Timestamp
    /// When the next heartbeat is due.
    package let validUntil: Timestamp
    /// The checked archives.
    package let archives: [Archive]

    /// Creates a heartbeat.
    package init(
        repository: String, release: Digest, version: SemanticVersion, checkedAt: Timestamp, validUntil: Timestamp,
        archives: [Archive]
    ) {
        self.repository = repository
        self.release = release
        self.version = version
        self.checkedAt = checkedAt
        self.validUntil = validUntil
        self.archives = archives
    }

    /// The statement that is signed.
    package var statement: Statement {
        let looked = archives.map { archive in
            (
                archive.suite,
                JSONValue.object([
                    "inRelease": .string(archive.inRelease.description), "date": .string(archive.date.description),
                ])
            )
        }
        return Statement(
            subjects: [
                .init(digest: release, annotations: ["repository": repository, "version": version.description])
            ],
            predicateType: Self.predicateType,
            predicate: .object([
                "checkedAt": .string(checkedAt.description), "validUntil": .string(validUntil.description),
                "archives": .object(Dictionary(looked, uniquingKeysWith: { first, _ in first })),
            ]))
    }

    /// Parses a statement; `nil` when it is no heartbeat.
    package init?(_ statement: Statement) {
        guard statement.predicateType == Self.predicateType, statement.subjects.count == 1,
            let subject = statement.subjects.first, let identity = ReleaseIdentity(subject),
            let checkedAt = statement.predicate["checkedAt"]?.string.flatMap({ try? Timestamp($0) }),
            let validUntil = statement.predicate["validUntil"]?.string.flatMap({ try? Timestamp($0) }),
            case .object(let looked)? = statement.predicate["archives"]
        else { return nil }
        let archives = looked.sorted { $0.key < $1.key }.compactMap { suite, value -> Archive? in
            guard let digest = value["inRelease"]?.string.flatMap({ try? Digest($0) }),
                let date = value["date"]?.string.flatMap({ try? Timestamp($0) })
            else { return nil }
            return Archive(suite: suite, inRelease: digest, date: date)
        }
        self.init(
            repository: identity.repository, release: subject.digest, version: identity.version, checkedAt: checkedAt,
            validUntil: validUntil, archives: archives)
    }
}
