// SPDX-License-Identifier: Apache-2.0

extension SolverState {
    /// The candidates that satisfy a group (or that a conflict matches), best first: alternatives in the order of the
    /// field, and for each the real package before its providers.
    func solutions(of group: Range<Int>, for parent: Int32) -> [Int32] {
        var found: [Int32] = []
        for index in group {
            let atom = universe.atoms[index]
            let ways = candidates(for: atom, of: parent).sorted { isBetter($0, $1, target: atom.target) }
            for way in ways where found.last != way { found.append(way) }
        }
        if isNegative(group) { return found }
        let allowed = found.filter { version in
            let name = universe.versions[Int(version)].name
            return !isProtected(name) || marks[Int(name)].contains(.install)
        }
        return debiansFirst(allowed, for: parent)
    }

    /// Dependencies of Debian's packages are preferably satisfied by Debian's packages; the order is kept otherwise.
    private func debiansFirst(_ ways: [Int32], for parent: Int32) -> [Int32] {
        func isForeign(_ version: Int32) -> Bool { universe.versions[Int(version)].rank == .foreign }
        let own = candidate[Int(parent)]
        guard ways.count > 1, ways.contains(where: isForeign), own >= 0, universe.versions[Int(own)].rank == .debian
        else { return ways }
        return ways.filter { !isForeign($0) } + ways.filter(isForeign)
    }

    private func candidates(for atom: PackageUniverse.Atom, of parent: Int32) -> [Int32] {
        var found: [Int32] = []
        let own = candidate[Int(atom.target)]
        if own >= 0, !(atom.kind.isNegative && atom.target == parent),
            universe.satisfies(universe.versions[Int(own)].text, atom)
        {
            found.append(own)
        }
        for number in universe.provisions(ofName: atom.target) {
            let provision = universe.provisions[Int(number)]
            let owner = universe.versions[Int(provision.owner)].name
            if atom.kind.isNegative && owner == parent { continue }
            if candidate[Int(owner)] == provision.owner, universe.satisfies(provision.version, atom) {
                found.append(provision.owner)
            }
        }
        return found
    }

    /// apt's order of providers: protected packages; the package of that very name; essential and important ones; the
    /// higher priority; and then the name that appears last in the indices.
    private func isBetter(_ left: Int32, _ right: Int32, target: Int32) -> Bool {
        let (a, b) = (universe.versions[Int(left)], universe.versions[Int(right)])
        if isProtected(a.name) != isProtected(b.name) { return isProtected(a.name) }
        if a.name != b.name {
            if a.name == target { return true }
            if b.name == target { return false }
        }
        let (flagsA, flagsB) = (universe.flags[Int(a.name)], universe.flags[Int(b.name)])
        for flag in [PackageUniverse.NameFlags.essential, .important]
        where flagsA.contains(flag) != flagsB.contains(flag) {
            return flagsA.contains(flag)
        }
        if (a.rank == .foreign) != (b.rank == .foreign) { return b.rank == .foreign }
        if a.priority != b.priority { return a.priority.rawValue < b.priority.rawValue }
        return a.name > b.name
    }
}
