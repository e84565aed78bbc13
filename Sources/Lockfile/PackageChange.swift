// SPDX-License-Identifier: Apache-2.0

import Debian

/// The change of one package between two locks.
package struct PackageChange: Sendable, Hashable {
    /// The kind of change.
    package enum Kind: Sendable, Hashable {
        case added(DebianVersion)
        case removed(DebianVersion)
        /// A different version, or a rebuild of the same one. Usually, but not always, a later version.
        case upgraded(from: DebianVersion, to: DebianVersion)
    }

    /// Debian's name of the image's architecture.
    package let architecture: String
    /// The package.
    package let name: PackageName
    /// Its source, in the new lock if the package is in it.
    package let source: PackageName
    /// The kind of change.
    package let kind: Kind
}

extension VersionsLock {
    /// The changes since `old`, sorted by architecture and name.
    package func difference(from old: VersionsLock) -> [PackageChange] {
        let names = Set(architectures.keys).union(old.architectures.keys).sorted()
        return names.flatMap { changes(on: $0, from: old.architectures[$0, default: []]) }
    }

    private func changes(on architecture: String, from old: [LockedPackage]) -> [PackageChange] {
        let before = Dictionary(old.map { ($0.name, $0) }) { first, _ in first }
        let after = Dictionary(architectures[architecture, default: []].map { ($0.name, $0) }) { first, _ in first }
        return Set(before.keys).union(after.keys).sorted().compactMap { name in
            let kind: PackageChange.Kind
            switch (before[name], after[name]) {
            case (nil, let new?): kind = .added(new.version)
            case (let old?, nil): kind = .removed(old.version)
            case (let old?, let new?) where old.version != new.version || old.sha256 != new.sha256:
                kind = .upgraded(from: old.version, to: new.version)
            default: return nil
            }
            guard let source = after[name]?.source ?? before[name]?.source else { return nil }
            return PackageChange(architecture: architecture, name: name, source: source, kind: kind)
        }
    }
}
