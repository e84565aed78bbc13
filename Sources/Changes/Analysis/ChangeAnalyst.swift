// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile

/// Finds the changes between two locks and the vulnerabilities that they fix: from the packages, and from snapshots of
/// Debian's security data when they are given.
package struct ChangeAnalyst: Sendable {
    /// The source of the kernel's header files.
    static let kernelHeaders = "linux-libc-dev"
    let files: any PackageFileReading
    let data: SecurityData

    /// Creates an analyst that reads packages from `files`.
    package init(files: any PackageFileReading, data: SecurityData = .none) {
        self.files = files
        self.data = data
    }

    /// Reports the changes from `old` to `new`.
    ///
    /// - Throws: Errors of `files`, `ChangesError.tracker` and `.advisories`, `DebianError` and `ArchiveError` for an
    ///   invalid package.
    package func report(from old: VersionsLock, to new: VersionsLock) async throws -> UpdateReport {
        let changes = ChangeSet(from: old, to: new)
        let rebuilds = try await rebuiltParts(of: changes.updates)
        let parts = Set(rebuilds.values.joined().map(\.source))
        // The changelog of a linked part is available when a package of its source is in the image.
        let carriers = new.architectures.values.joined().filter { parts.contains($0.source) }
        let sources = Set(
            (changes.updates.filter { !$0.isRebuild }.map { SourceVersion(source: $0.source, version: $0.new) })
                + carriers.map { SourceVersion(source: $0.source, version: $0.sourceVersion) })
        let found = try await ChangelogFinder(lock: new, files: files).changelogs(of: sources)
        let names = parts.union(changes.updates.map(\.source))
        let evidence = UpdateEvidence(
            changelogs: found, security: try data.read(sources: names, codename: new.codename))
        let findings = changes.updates.map { update in
            update.isRebuild
                ? evidence.finding(ofRebuild: update, parts: rebuilds[update] ?? []) : evidence.finding(of: update)
        }
        return UpdateReport(changes: changes, findings: findings, consulted: data.consulted)
    }

    /// The sources that are linked into rebuilt packages in a version that differs from the previous one.
    private func rebuiltParts(of updates: [SourceUpdate]) async throws -> [SourceUpdate: [RebuiltPart]] {
        var parts: [SourceUpdate: [RebuiltPart]] = [:]
        for update in updates where update.isRebuild { parts[update] = try await rebuiltParts(of: update) }
        return parts
    }

    /// The linked parts of each package, on one architecture: all architectures are built from the same source.
    private func rebuiltParts(of update: SourceUpdate) async throws -> [RebuiltPart] {
        let pairs = update.names.compactMap { name in update.packages.first { $0.new.name == name } }
        let new = try await files.files(of: pairs.map(\.new))
        var parts: [RebuiltPart] = []
        for pair in pairs {
            guard let file = new[pair.new.sha256] else { continue }
            let now = try DebPackage(file: file).builtUsing()
            if now.isEmpty { continue }
            let before = try await files.fileIfThere(of: pair.old).map { try DebPackage(file: $0).builtUsing() }
            parts += now.compactMap { source, version in
                let earlier = before?[source]
                guard before == nil || earlier.map({ $0.order(to: version) < 0 }) == true else { return nil }
                return RebuiltPart(package: pair.new.name, source: source, old: earlier, new: version)
            }
        }
        return parts.sorted { ($0.source, $0.new, $0.package) < ($1.source, $1.new, $1.package) }
    }
}
