// SPDX-License-Identifier: Apache-2.0

import Debian
import ImageDefinition
import Lockfile

extension VersionsLock {
    /// The first part of `definition` that this lock, made from it, does not satisfy, as a clause; `nil` when it
    /// satisfies everything. A lock that was edited by hand or merged keeps its digest of the inputs.
    package func lack(of definition: ImageDefinition) -> String? {
        let suites = ArchiveSource.all(of: definition.codename).map(\.suite)
        if codename != definition.codename || archives.map(\.id) != suites {
            return "its archives are not those of \(definition.codename)"
        }
        if architectures.keys.sorted() != definition.architectures.sorted() {
            return "its architectures are not \(definition.architectures.sorted().joined(separator: " and "))"
        }
        let programs = definition.artifacts
        if artifacts != programs {
            let changed = Set(artifacts).symmetricDifference(programs).map(\.name).min()
            return "its \(changed ?? "programs") differs from the definition's"
        }
        if let reason = choices.lack(of: definition) { return reason }
        let files = architectures.values.joined().filter(\.isLocal).map { "\($0.sha256) \($0.path)" }
        if Set(files) != Set(definition.localPackages.map { "\($0.sha256) \($0.file)" }) {
            return "its package files differ from the definition's"
        }
        for (architecture, packages) in architectures.sorted(by: { $0.key < $1.key }) {
            if let name = definition.exclusions.first(where: { left in packages.contains { $0.name.text == left.name } }
            ) {
                return "'\(name.name)' is excluded, but locked for \(architecture)"
            }
            for pin in choices.pins
            where !packages.contains(where: { ($0.name, $0.version) == (pin.name, pin.version) }) {
                return "'\(pin.name)' is not locked at version \(pin.version) for \(architecture)"
            }
            if let name = missing(definition.packageNames, among: packages) {
                return "'\(name)' is requested, but not locked for \(architecture)"
            }
        }
        // Last: the reasons before it say more.
        return selection.map { $0 == packagesDigest } == false ? "its packages are not those that `resolve` chose" : nil
    }

    /// The first of `names` that is missing in `packages`. A name may be a virtual package with one provider: then the
    /// provider counts.
    private func missing(_ names: [String], among packages: [LockedPackage]) -> String? {
        let present = Set(packages.map(\.name.text))
        let providers = packages.filter { $0.reason == "asked" && !$0.isLocal && !names.contains($0.name.text) }
        let missing = names.filter { !present.contains($0) }
        return missing.count > providers.count ? missing.first : nil
    }
}

extension LockedChoices {
    /// The first part of `definition` that differs here, as a clause.
    fileprivate func lack(of definition: ImageDefinition) -> String? {
        let wanted = definition.packageRequests.compactMap { request in request.version.map { "\(request.name)=\($0)" }
        }
        if pins.map({ "\($0.name)=\($0.version)" }).sorted() != wanted.sorted() {
            return "its pinned versions differ from the definition's"
        }
        let used = definition.repositories.map {
            "\($0.name) \($0.uri) \($0.suite) \($0.components) \($0.packages.sorted())"
        }
        let locked = repositories.map {
            "\($0.name) \($0.uri) \($0.suite) \($0.components) \($0.packages.map(\.text).sorted())"
        }
        if used.sorted() != locked.sorted() { return "its repositories differ from the definition's" }
        let left = definition.exclusions.map { "\($0.name) \($0.reason)" }
        return exclusions.map { "\($0.name) \($0.reason)" }.sorted() == left.sorted()
            ? nil : "its exclusions differ from the definition's"
    }
}
