// SPDX-License-Identifier: Apache-2.0

/// apt's repair of broken states: the package with the higher score keeps its dependencies, the other is removed.
extension SolverState {
    private static let rounds = 20

    /// Repairs broken packages. Returns false when some remain broken.
    mutating func repair() -> Bool {
        for name in touchedNames {
            marks[Int(name)].remove(.chosenBefore)
            if marks[Int(name)].contains(.install) { marks[Int(name)].insert(.chosenBefore) }
        }
        var repairer = Repairer(scores: scores())
        let order = inTableOrder(touchedNames)
            .sorted { repairer.scores[$0, default: 0] > repairer.scores[$1, default: 0] }
        for round in 0..<SolverState.rounds {
            repairer.changed = false
            repairer.round = round
            // Packages that are chosen during the repair come last: they have no score.
            var index = 0
            while index < order.count || index < touchedNames.count {
                let name = index < order.count ? order[index] : touchedNames[index]
                if isBroken(name) { investigate(name, &repairer) }
                index += 1
            }
            if !repairer.changed { break }
        }
        return brokenCount == 0
    }

    /// apt's order of iteration: by a hash of the name, then by name.
    private func inTableOrder(_ names: [Int32]) -> [Int32] {
        func place(_ name: String) -> UInt32 { name.utf8.reduce(5381) { 33 &* $0 &+ UInt32($1) } % 196_613 }
        return names.map { (place(universe.names[$0]), universe.names[$0], $0) }
            .sorted { $0.0 != $1.0 ? $0.0 < $1.0 : $0.1.utf8.lexicographicallyPrecedes($1.1.utf8) }.map(\.2)
    }

    struct Repairer {
        var scores: [Int32: Int]
        var round = 0
        var changed = false
        var toUnmark: [Int32] = []
        /// The names that were already retried.
        var tried: Set<Int32> = []
    }

    private mutating func investigate(_ name: Int32, _ repairer: inout Repairer) {
        repairer.toUnmark = []
        for group in groups(of: chosen[Int(name)]) {
            if group.contains(where: { holds($0, of: name) }) { continue }
            if settle(group, of: name, &repairer) { break }
            if chosen[Int(name)] < 0 { break }
        }
        if chosen[Int(name)] >= 0 { unmark(for: name, &repairer) }
    }

    /// Tries to repair one broken group; returns true when the package needs no more work now.
    private mutating func settle(_ group: Range<Int>, of name: Int32, _ repairer: inout Repairer) -> Bool {
        let isChoice = group.count > 1
        let before = repairer.toUnmark.count
        for index in group {
            let atom = universe.atoms[index]
            let targets = targets(of: atom, parent: name)
            if targets.isEmpty, !atom.kind.isNegative, !isProtected(name) {
                if isChoice { continue }
                repairer.changed = true
                markKeep(name)
                return true
            }
            for version in targets {
                switch consider(version, for: atom, of: name, isChoice: isChoice, &repairer) {
                case .next: continue
                case .leave: break
                case .done: if !isChoice { return true }
                }
                break
            }
        }
        if isChoice, before == repairer.toUnmark.count {
            markKeep(name)
            repairer.changed = true
        }
        return false
    }

    private enum Verdict { case next, leave, done }

    private mutating func consider(
        _ version: Int32, for atom: PackageUniverse.Atom, of name: Int32, isChoice: Bool, _ repairer: inout Repairer
    ) -> Verdict {
        let other = universe.versions[Int(version)].name
        if atom.kind.isNegative, chosen[Int(other)] != version { return .next }
        let (own, theirs) = (repairer.scores[name, default: 0], repairer.scores[other, default: 0])
        guard own <= theirs || !atom.kind.isNegative else {
            if isProtected(other) { return .next }
            repairer.toUnmark.append(other)
            return .next
        }
        if isProtected(name) {
            guard retry(other, &repairer) else { return .next }
            repairer.scores[other] = min(own, theirs)
            return .leave
        }
        let wasMarked = marks[Int(name)].contains(.install)
        markKeep(name)
        if isChoice, wasMarked { markInstall(name, following: false) }
        repairer.changed = true
        return .done
    }

    /// All versions that a relation refers to, candidates or not.
    private func targets(of atom: PackageUniverse.Atom, parent: Int32) -> [Int32] {
        var found: [Int32] = []
        if !(atom.kind.isNegative && atom.target == parent) {
            found += universe.versions(ofName: atom.target).filter {
                universe.satisfies(universe.versions[Int($0)].text, atom)
            }
        }
        for number in universe.provisions(ofName: atom.target) {
            let provision = universe.provisions[Int(number)]
            if atom.kind.isNegative, universe.versions[Int(provision.owner)].name == parent { continue }
            if universe.satisfies(provision.version, atom) { found.append(provision.owner) }
        }
        return found
    }

    /// Tries once to install a package with all its dependencies.
    private mutating func retry(_ name: Int32, _ repairer: inout Repairer) -> Bool {
        guard candidate[Int(name)] >= 0, !marks[Int(name)].contains(.asked), repairer.tried.insert(name).inserted
        else { return false }
        let wasMarked = marks[Int(name)].contains(.install)
        guard markInstall(name, following: false), chosen[Int(name)] >= 0 else { return false }
        for group in groups(of: chosen[Int(name)]) where !retry(group, of: name, &repairer) {
            if wasMarked { markRemove(name) } else { markKeep(name) }
            return false
        }
        return true
    }

    private mutating func retry(_ group: Range<Int>, of name: Int32, _ repairer: inout Repairer) -> Bool {
        var failed = false
        for index in group {
            if group.contains(where: { holds($0, of: name) }) { return !failed }
            let atom = universe.atoms[index]
            let target = loneTarget(of: atom, parent: name)
            if isProtected(target) {
                failed = true
            } else if couldHold(index, of: name) {
                if retry(target, &repairer) { return true }
                failed = true
            } else if !atom.kind.isNegative {
                failed = true
            }
        }
        return !failed
    }

    /// The target of a relation: the real package, or the first provider of the name.
    private func loneTarget(of atom: PackageUniverse.Atom, parent: Int32) -> Int32 {
        if universe.firstVersion[Int(atom.target)] >= 0 { return atom.target }
        for number in universe.provisions(ofName: atom.target) {
            let owner = universe.versions[Int(universe.provisions[Int(number)].owner)].name
            if owner != parent { return owner }
        }
        return atom.target
    }

    private mutating func unmark(for name: Int32, _ repairer: inout Repairer) {
        for other in repairer.toUnmark {
            let did = markKeep(other)
            if !did || repairer.round > 1, repairer.scores[name, default: 0] > repairer.scores[other, default: 0] {
                repairer.scores[other] = repairer.scores[name, default: 0]
                repairer.changed = true
            }
            if did { repairer.changed = true }
        }
    }
}
