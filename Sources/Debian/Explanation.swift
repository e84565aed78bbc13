// SPDX-License-Identifier: Apache-2.0

/// Explains why a state is broken: follows broken packages to the first unavailable or conflicting package.
struct Explanation {
    let state: SolverState
    private var universe: PackageUniverse { state.universe }

    init(state: SolverState) { self.state = state }

    /// The conflicts, one for each broken package, requested packages first.
    func conflicts(for asked: [Int32]) -> [Conflict] {
        var found: [Conflict] = []
        let others = state.touchedNames.filter { !asked.contains($0) }
        for name in asked + others where state.isBroken(name) {
            let path = asked.contains(name) ? [] : path(to: name, from: asked)
            let conflict = explain(name, path: path, seen: []) ?? .unexplained(name: universe.names[name])
            if !found.contains(conflict) { found.append(conflict) }
        }
        let missing = asked.filter { state.chosen[Int($0)] < 0 }
        return found.isEmpty ? missing.map { .unexplained(name: universe.names[$0]) } : found
    }

    /// The shortest chain from a requested package to a chosen name, without that name.
    private func path(to name: Int32, from asked: [Int32]) -> [String] {
        var wanter: [Int32: Int32] = [:]
        var queue = asked
        var position = 0
        while position < queue.count, wanter[name] == nil {
            let next = queue[position]
            position += 1
            guard state.chosen[Int(next)] >= 0 else { continue }
            for index in universe.versions[Int(state.chosen[Int(next)])].atoms {
                let atom = universe.atoms[Int(index)]
                guard !atom.kind.isNegative else { continue }
                for other in state.chosenNames(satisfying: atom) where wanter[other] == nil && !asked.contains(other) {
                    wanter[other] = next
                    queue.append(other)
                }
            }
        }
        var path: [String] = []
        var step = name
        while let next = wanter[step] {
            path.insert(title(state.chosen[Int(next)]), at: 0)
            step = next
        }
        return path
    }

    private func explain(_ name: Int32, path: [String], seen: Set<Int32>) -> Conflict? {
        let version = state.chosen[Int(name)] >= 0 ? state.chosen[Int(name)] : universe.firstVersion[Int(name)]
        guard version >= 0, path.count < 12, !seen.contains(name) else { return nil }
        let title = self.title(version)
        for group in state.groups(of: version) where !group.contains(where: { state.holds($0, of: name) }) {
            if state.isNegative(group) {
                if let clash = clash(group.lowerBound, title: title, name: name, path: path) { return clash }
                continue
            }
            let targets = group.flatMap { self.targets(of: universe.atoms[$0]) }
            if targets.isEmpty {
                return .unavailable(wanter: title, needs: text(group), archiveHas: available(group), path: path)
            }
            if let reason = targets.lazy.compactMap({ state.excluded[$0] }).first,
                targets.allSatisfy({ state.excluded[$0] != nil })
            {
                return .excluded(wanter: title, needs: text(group), reason: reason, path: path)
            }
            if let conflict = otherVersion(group, title: title, path: path) { return conflict }
            for target in targets {
                if let conflict = explain(target, path: path + [title], seen: seen.union([name])) { return conflict }
                if let clash = reverseClash(target, path: path + [title]) { return clash }
            }
        }
        return nil
    }

    /// A package that is needed in another version than the selected one, for example because of a pin.
    private func otherVersion(_ group: Range<Int>, title: String, path: [String]) -> Conflict? {
        for atom in group.map({ universe.atoms[$0] }) {
            let taken = state.candidate[Int(atom.target)]
            guard taken >= 0, !universe.satisfies(universe.versions[Int(taken)].text, atom),
                let other = universe.versions(ofName: atom.target).first(where: {
                    universe.satisfies(universe.versions[Int($0)].text, atom)
                })
            else { continue }
            let available = "\(universe.names[atom.target])=\(universe.text(universe.versions[Int(other)].text))"
            return .otherVersion(
                wanter: title, needs: text(group), taken: self.title(taken), available: available, path: path)
        }
        return nil
    }

    /// The names whose highest version satisfies a relation.
    private func targets(of atom: PackageUniverse.Atom) -> [Int32] {
        var names: [Int32] = []
        if universe.versions(ofName: atom.target).contains(where: {
            universe.satisfies(universe.versions[Int($0)].text, atom)
        }) {
            names.append(atom.target)
        }
        for number in universe.provisions(ofName: atom.target) {
            let provision = universe.provisions[Int(number)]
            if universe.satisfies(provision.version, atom) {
                names.append(universe.versions[Int(provision.owner)].name)
            }
        }
        return names
    }

    private func clash(_ index: Int, title: String, name: Int32, path: [String]) -> Conflict? {
        let atom = universe.atoms[index]
        guard let other = state.chosenNames(satisfying: atom).first(where: { $0 != name }) else { return nil }
        let verb = atom.kind == .breaks ? "breaks" : "conflicts with"
        return .clash(
            wanter: title, relation: "\(verb) \(text(atom))", other: self.title(state.chosen[Int(other)]), path: path)
    }

    /// A chosen package that conflicts with `name`.
    private func reverseClash(_ name: Int32, path: [String]) -> Conflict? {
        for other in state.touchedNames where state.chosen[Int(other)] >= 0 && other != name {
            for index in universe.versions[Int(state.chosen[Int(other)])].atoms {
                let atom = universe.atoms[Int(index)]
                guard atom.kind.isNegative, targets(of: atom).contains(name) else { continue }
                let verb = atom.kind == .breaks ? "breaks" : "conflicts with"
                return .clash(
                    wanter: title(state.chosen[Int(other)]), relation: "\(verb) \(text(atom))",
                    other: path.last.map { "\(universe.names[name]), which \($0) needs," } ?? universe.names[name],
                    path: [])
            }
        }
        return nil
    }

    private func title(_ version: Int32) -> String {
        let version = universe.versions[Int(version)]
        return "\(universe.names[version.name]) \(universe.text(version.text))"
    }

    private func text(_ atom: PackageUniverse.Atom) -> String {
        let name = universe.names[atom.target]
        return atom.relation == .any ? name : "\(name) (\(atom.relation.symbol) \(universe.text(atom.version)))"
    }

    private func text(_ group: Range<Int>) -> String {
        group.map { text(universe.atoms[$0]) }.joined(separator: " or ")
    }

    private func available(_ group: Range<Int>) -> [String] {
        group.flatMap { universe.versions(ofName: universe.atoms[$0].target).map(title) }
    }
}
