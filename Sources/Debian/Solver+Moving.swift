// SPDX-License-Identifier: Apache-2.0

extension Solver {
    /// The pins whose versions the archive no longer has.
    package func unavailable(_ pins: [PackageName: DebianVersion]) -> [PackageName] {
        pins.keys.filter { name in version(name, pins[name]) == nil }.sorted()
    }

    /// The names that must be updated when `names` are updated to their highest versions and all others stay at `pins`:
    /// dependencies that are needed in a later version, dependents that require the old version, and so on.
    ///
    /// - Parameter fixed: The names that stay at their pins in any case.
    package func forced(
        by names: Set<PackageName>, pins: [PackageName: DebianVersion], fixed: Set<PackageName> = []
    ) -> Set<PackageName> {
        var moving = names.subtracting(fixed)
        var changed = true
        while changed {
            changed = false
            for name in pins.keys.sorted() {
                let chosen = version(name, moving.contains(name) ? nil : pins[name])
                guard let chosen else { continue }
                for other in unsatisfied(chosen, moving: moving, pins: pins) {
                    // Of two packages, the pinned one is updated: preferably the dependency, else the dependent.
                    let gives = moving.contains(other) || fixed.contains(other) ? name : other
                    if !fixed.contains(gives), moving.insert(gives).inserted { changed = true }
                }
            }
        }
        return moving
    }

    /// The pinned packages that a version has an unsatisfied relation to.
    private func unsatisfied(
        _ number: Int32, moving: Set<PackageName>, pins: [PackageName: DebianVersion]
    ) -> [PackageName] {
        let version = universe.versions[Int(number)]
        return version.atoms.compactMap { index -> PackageName? in
            let atom = universe.atoms[Int(index)]
            guard atom.relation != .any, atom.target != version.name,
                let other = try? PackageName(universe.names[atom.target]), pins[other] != nil,
                let standing = self.version(other, moving.contains(other) ? nil : pins[other])
            else { return nil }
            let holds = universe.satisfies(universe.versions[Int(standing)].text, atom) != atom.kind.isNegative
            return holds || (atom.hasAlternative && !atom.kind.isNegative) ? nil : other
        }
    }

    /// The versions of a name in the indices, highest first.
    package func versions(of name: PackageName) -> [DebianVersion] {
        guard let number = universe.names.find(name.text) else { return [] }
        return universe.versions(ofName: number).compactMap {
            try? DebianVersion(universe.text(universe.versions[Int($0)].text))
        }
    }

    /// The highest version of a name in `archives`.
    package func newest(_ name: PackageName, in archives: Set<String>) -> DebianVersion? {
        guard let number = universe.names.find(name.text) else { return nil }
        return universe.versions(ofName: number).lazy
            .filter { archives.contains(universe.indices[Int(universe.versions[Int($0)].file)].archive) }
            .compactMap { try? DebianVersion(universe.text(universe.versions[Int($0)].text)) }.first
    }

    /// The number of a version of a name, by default the highest.
    private func version(_ name: PackageName, _ version: DebianVersion?) -> Int32? {
        guard let number = universe.names.find(name.text), universe.firstVersion[Int(number)] >= 0 else { return nil }
        guard let version else { return universe.firstVersion[Int(number)] }
        return universe.versions(ofName: number).first {
            universe.text(universe.versions[Int($0)].text) == version.text
        }
    }
}
