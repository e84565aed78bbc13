// SPDX-License-Identifier: Apache-2.0

import Debian
import ImageDefinition
import Lockfile

extension VersionsLock {
    /// What this lock, which says that it was made from `definition`, does not have of it, as a clause; `nil` when it has
    /// everything. A lock is changed by hand, or put together by a merge, and keeps its digest of the inputs.
    package func lack(of definition: ImageDefinition) -> String? {
        let suites = ArchiveSource.all(of: definition.codename).map(\.suite)
        if codename != definition.codename || archives.map(\.id) != suites {
            return "its archives are not those of \(definition.codename)"
        }
        if architectures.keys.sorted() != definition.architectures.sorted() {
            return "its architectures are not \(definition.architectures.sorted().joined(separator: " and "))"
        }
        if artifacts != definition.artifacts { return "its \(definition.agent.name) is not the definition's" }
        for (architecture, packages) in architectures.sorted(by: { $0.key < $1.key }) {
            if let name = missing(definition.packageNames, among: packages) {
                return "'\(name)' is asked for and not there for \(architecture)"
            }
        }
        return nil
    }

    /// The first of `names` that `packages` have not. A name may stand for the only package that provides it: that one is
    /// there then as asked, under a name that nobody asked for.
    private func missing(_ names: [String], among packages: [LockedPackage]) -> String? {
        let present = Set(packages.map(\.name.text))
        let providers = packages.filter { $0.reason == "asked" && !names.contains($0.name.text) }
        let missing = names.filter { !present.contains($0) }
        return missing.count > providers.count ? missing.first : nil
    }
}
