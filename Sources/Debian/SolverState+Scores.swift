// SPDX-License-Identifier: Apache-2.0

extension SolverState {
    /// The score of each chosen package for repairing conflicts: from its priority, its dependents, and whether it was
    /// requested.
    func scores() -> [Int32: Int] {
        let names = touchedNames.filter { chosen[Int($0)] >= 0 }
        var scores: [Int32: Int] = [:]
        for name in names { addOwnScore(of: name, to: &scores) }
        let direct = scores
        // One level of inheritance: the dependencies of a package with a high score get a high score.
        for name in names {
            for index in universe.versions[Int(chosen[Int(name)])].atoms {
                let atom = universe.atoms[Int(index)]
                if !atom.kind.isNegative { scores[atom.target, default: 0] += max(0, direct[name, default: 0]) }
            }
        }
        passOnToProviders(&scores, before: direct)
        for name in names {
            if marks[Int(name)].contains(.asked) { scores[name, default: 0] += 10_000 }
            if !universe.flags[Int(name)].isEmpty { scores[name, default: 0] += 5_000 }
        }
        return scores
    }

    private func addOwnScore(of name: Int32, to scores: inout [Int32: Int]) {
        let version = universe.versions[Int(chosen[Int(name)])]
        if !universe.flags[Int(name)].isEmpty { scores[name, default: 0] += 100 }
        switch version.priority {
        case .none: break
        case .required: scores[name, default: 0] += 3
        case .important: scores[name, default: 0] += 2
        case .standard: scores[name, default: 0] += 1
        case .optional: scores[name, default: 0] -= 1
        case .extra: scores[name, default: 0] -= 2
        }
        for index in version.atoms {
            let atom = universe.atoms[Int(index)]
            let weight = atom.kind.isNegative ? -1 : 1
            if !(atom.kind.isNegative && atom.target == name) {
                let target = chosen[Int(atom.target)]
                if atom.relation != .any, target < 0 || !universe.satisfies(universe.versions[Int(target)].text, atom) {
                    continue
                }
                scores[atom.target, default: 0] += weight
            }
            for provider in Set(providers(of: atom.target, where: { universe.satisfies($0.version, atom) }))
            where !(atom.kind.isNegative && provider == name) {
                scores[provider, default: 0] += weight
            }
        }
    }

    private func passOnToProviders(_ scores: inout [Int32: Int], before: [Int32: Int]) {
        let inherited = scores.filter { $0.value != before[$0.key, default: 0] }
        for (name, score) in inherited.sorted(by: { $0.key < $1.key }) {
            for provider in Set(providers(of: name, where: { _ in true })) {
                scores[provider, default: 0] += abs(score - before[name, default: 0])
            }
        }
    }

    private func providers(of name: Int32, where fits: (PackageUniverse.Provision) -> Bool) -> [Int32] {
        universe.provisions(ofName: name).compactMap { number in
            let provision = universe.provisions[Int(number)]
            let owner = universe.versions[Int(provision.owner)].name
            return chosen[Int(owner)] == provision.owner && fits(provision) ? owner : nil
        }
    }
}
