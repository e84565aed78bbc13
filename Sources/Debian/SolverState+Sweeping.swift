// SPDX-License-Identifier: Apache-2.0

extension SolverState {
    /// The chosen packages that are needed: requested packages, the base system, and their dependencies. Failed
    /// attempts leave unneeded packages behind.
    func needed() -> Set<Int32> {
        var needed: Set<Int32> = []
        var open = touchedNames.filter { name in
            let isRoot =
                !marks[Int(name)].contains(.automatic) || isProtected(name) || !universe.flags[Int(name)].isEmpty
                || recommended[name] != nil
            return chosen[Int(name)] >= 0 && isRoot
        }
        while let name = open.popLast() {
            guard needed.insert(name).inserted else { continue }
            for index in universe.versions[Int(chosen[Int(name)])].atoms {
                let atom = universe.atoms[Int(index)]
                if !atom.kind.isNegative { open += chosenNames(satisfying: atom) }
            }
        }
        return needed
    }

    /// The chosen names that satisfy a relation, the real package first.
    func chosenNames(satisfying atom: PackageUniverse.Atom) -> [Int32] {
        var names: [Int32] = []
        let own = chosen[Int(atom.target)]
        if own >= 0, universe.satisfies(universe.versions[Int(own)].text, atom) { names.append(atom.target) }
        for number in universe.provisions(ofName: atom.target) {
            let provision = universe.provisions[Int(number)]
            let owner = universe.versions[Int(provision.owner)].name
            if chosen[Int(owner)] == provision.owner, universe.satisfies(provision.version, atom) {
                names.append(owner)
            }
        }
        return names
    }
}
