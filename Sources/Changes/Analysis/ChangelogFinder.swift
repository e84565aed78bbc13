// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile

/// A changelog, and the changelog of binary rebuilds beside it.
struct FoundChangelog: Hashable {
    let changelog: DebianChangelog
    let rebuilds: DebianChangelog?
}

/// Finds the changelogs of sources in the packages of a lock with as few downloads as possible.
struct ChangelogFinder {
    /// The maximum number of directory links that are followed from package to package.
    private static let rounds = 6
    let files: any PackageFileReading
    /// The lock's packages by architecture and name.
    private let byName: [String: [PackageName: LockedPackage]]

    init(lock: VersionsLock, files: any PackageFileReading) {
        self.files = files
        byName = lock.architectures.mapValues { packages in
            Dictionary(packages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// The search for the changelog of one source: the packages that may contain it, the next one first.
    private struct Search {
        let architecture: String
        var candidates: [LockedPackage]
        var tried: Set<PackageName> = []

        var next: LockedPackage? { candidates.first { !tried.contains($0.name) } }
    }

    /// The changelog of each source at that version, if any: from the smallest package, from the package that its
    /// documentation directory links to, or from another package of the same source.
    ///
    /// - Throws: Errors of `files`; `ArchiveError`, `DebPackageError` for an invalid package.
    func changelogs(of sources: Set<SourceVersion>) async throws -> [SourceVersion: FoundChangelog] {
        var searches = Dictionary(
            uniqueKeysWithValues: sources.compactMap { source in search(source).map { (source, $0) } })
        var found: [SourceVersion: FoundChangelog] = [:]
        for _ in 0..<Self.rounds {
            let wanted = searches.compactMapValues(\.next)
            if wanted.isEmpty { break }
            let places = try await files.files(of: wanted.values.sorted { $0.name < $1.name })
            for (source, package) in wanted {
                guard let file = places[package.sha256], var search = searches[source] else { continue }
                switch try DebPackage(file: file).changelog(of: package.name) {
                case .found(let changelog, let rebuilds):
                    found[source] = FoundChangelog(changelog: changelog, rebuilds: rebuilds)
                    searches[source] = nil
                case .elsewhere(let name):
                    search.tried.insert(package.name)
                    if let other = byName[search.architecture]?[name] { search.candidates.insert(other, at: 0) }
                    searches[source] = search
                case .none:
                    search.tried.insert(package.name)
                    searches[source] = search
                }
            }
        }
        return found
    }

    private func search(_ source: SourceVersion) -> Search? {
        for architecture in byName.keys.sorted() {
            let packages = byName[architecture, default: [:]].values.filter { source.isSource(of: $0) }
            if packages.isEmpty { continue }
            let ordered = packages.sorted { ($0.size, $0.name.text) < ($1.size, $1.name.text) }
            return Search(architecture: architecture, candidates: ordered)
        }
        return nil
    }
}

/// A source package in one version.
struct SourceVersion: Hashable {
    let source: PackageName
    let version: DebianVersion

    func isSource(of package: LockedPackage) -> Bool {
        package.source == source && package.sourceVersion.order(to: version) == 0
    }
}
