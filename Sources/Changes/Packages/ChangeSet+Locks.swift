// SPDX-License-Identifier: Apache-2.0

import Debian
import Lockfile

extension ChangeSet {
    /// The differences of `new` from `old`.
    package init(from old: VersionsLock, to new: VersionsLock) {
        let sides = LockSides(old: old, new: new)
        self.init(
            oldCodename: old.codename, newCodename: new.codename,
            addedArchitectures: Set(new.architectures.keys).subtracting(old.architectures.keys).sorted(),
            removedArchitectures: Set(old.architectures.keys).subtracting(new.architectures.keys).sorted(),
            updates: SourceUpdate.grouped(sides.changed),
            added: sides.added, removed: sides.removed, artifacts: ArtifactUpdate.all(from: old, to: new),
            choices: new.choiceChanges(from: old), warnings: new.choices.warnings)
    }
}

/// The packages of two locks, by their presence.
private struct LockSides {
    /// In both locks, with different files.
    private(set) var changed: [PackagePair] = []
    /// In the new lock only.
    private(set) var added: [PackageEntry] = []
    /// In the old lock only.
    private(set) var removed: [PackageEntry] = []

    init(old: VersionsLock, new: VersionsLock) {
        // For an architecture that only one lock has, only packages that no other architecture of the other lock has
        // count.
        let (oldNames, newNames) = (Self.names(of: old), Self.names(of: new))
        for architecture in Set(old.architectures.keys).union(new.architectures.keys).sorted() {
            let before = Self.byName(old.architectures[architecture])
            let after = Self.byName(new.architectures[architecture])
            for name in Set(before.keys).union(after.keys).sorted() {
                if new.architectures[architecture] == nil, newNames.contains(name) { continue }
                if old.architectures[architecture] == nil, oldNames.contains(name) { continue }
                take(before[name], after[name], on: architecture)
            }
        }
        added.sort { ($0.package.name, $0.architecture) < ($1.package.name, $1.architecture) }
        removed.sort { ($0.package.name, $0.architecture) < ($1.package.name, $1.architecture) }
    }

    private mutating func take(_ old: LockedPackage?, _ new: LockedPackage?, on architecture: String) {
        switch (old, new) {
        case (let old?, let new?) where old.version != new.version || old.sha256 != new.sha256:
            changed.append(PackagePair(architecture: architecture, old: old, new: new))
        case (nil, let new?): added.append(PackageEntry(architecture: architecture, package: new))
        case (let old?, nil): removed.append(PackageEntry(architecture: architecture, package: old))
        default: break
        }
    }

    private static func names(of lock: VersionsLock) -> Set<PackageName> {
        Set(lock.architectures.values.joined().map(\.name))
    }

    private static func byName(_ packages: [LockedPackage]?) -> [PackageName: LockedPackage] {
        Dictionary((packages ?? []).map { ($0.name, $0) }) { first, _ in first }
    }
}

extension SourceUpdate {
    /// The key of an update; architectures may temporarily have different versions.
    private struct Key: Hashable {
        let source, formerSource: PackageName
        let old, new: DebianVersion
    }

    private var rank: (PackageName, DebianVersion, DebianVersion, String) {
        (source, new, old, formerSource?.text ?? "")
    }

    fileprivate static func grouped(_ pairs: [PackagePair]) -> [SourceUpdate] {
        let groups = Dictionary(grouping: pairs) {
            Key(
                source: $0.new.source, formerSource: $0.old.source, old: $0.old.sourceVersion, new: $0.new.sourceVersion
            )
        }
        return groups.map { key, pairs in
            SourceUpdate(
                source: key.source, formerSource: key.formerSource == key.source ? nil : key.formerSource, old: key.old,
                new: key.new, packages: pairs.sorted { ($0.new.name, $0.architecture) < ($1.new.name, $1.architecture) }
            )
        }.sorted { $0.rank < $1.rank }
    }
}

extension ArtifactUpdate {
    fileprivate static func all(from old: VersionsLock, to new: VersionsLock) -> [ArtifactUpdate] {
        struct Key: Hashable { let name, platform: String }
        func byKey(_ lock: VersionsLock) -> [Key: LockedArtifact] {
            Dictionary(lock.artifacts.map { (Key(name: $0.name, platform: $0.platform), $0) }) { first, _ in first }
        }
        let (before, after) = (byKey(old), byKey(new))
        let keys = Set(before.keys).union(after.keys).sorted { ($0.name, $0.platform) < ($1.name, $1.platform) }
        return keys.compactMap { key in
            let (one, other) = (before[key], after[key])
            // The URL may change for the same bytes.
            guard one?.sha256 != other?.sha256 || one?.version != other?.version else { return nil }
            return ArtifactUpdate(old: one, new: other)
        }
    }
}
