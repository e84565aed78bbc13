// SPDX-License-Identifier: Apache-2.0

extension SolverState {
    /// Chains of dependencies that are longer are not followed; apt's limit.
    private static let deepest = 3000

    /// Whether a mark may change; what the user said stays, and what is so already does no harm.
    private func mayMark(_ name: Int32, install: Bool, depth: Int) -> Bool {
        guard depth <= SolverState.deepest, universe.firstVersion[Int(name)] >= 0 else { return false }
        return marks[Int(name)].contains(.install) == install || !isProtected(name)
    }

    /// Marks a name not to be installed. False when something forbids it.
    @discardableResult
    mutating func markKeep(_ name: Int32) -> Bool {
        guard mayMark(name, install: false, depth: 0) else { return false }
        if !marks[Int(name)].contains(.install) { return true }
        marks[Int(name)].remove(.install)
        choose(name, -1)
        return true
    }

    /// Takes a name out again. What was asked for, and what no system is without, stays.
    @discardableResult
    mutating func markRemove(_ name: Int32) -> Bool {
        guard universe.firstVersion[Int(name)] >= 0, !isProtected(name),
            universe.flags[Int(name)].isEmpty
        else { return false }
        if chosen[Int(name)] < 0 { return true }
        guard marks[Int(name)].contains(.automatic) else { return false }
        marks[Int(name)].remove(.install)
        choose(name, -1)
        return true
    }

    /// Marks a name to be installed; `following` its dependencies too. False when it cannot be.
    @discardableResult
    mutating func markInstall(_ name: Int32, following: Bool, depth: Int = 0, asked: Bool = false) -> Bool {
        guard asked || mayMark(name, install: true, depth: depth), universe.firstVersion[Int(name)] >= 0,
            candidate[Int(name)] >= 0
        else { return false }
        if !isProtected(name), marks[Int(name)].contains(.install), !isBroken(name) { return true }
        if following, !isInstallable(name) { return false }
        if asked { choose(name, asked: true) }
        guard following else {
            if !asked { choose(name, asked: false) }
            return true
        }
        return follow(name, depth: depth, asked: asked)
    }

    private mutating func choose(_ name: Int32, asked: Bool) {
        if isProtected(name), chosen[Int(name)] == candidate[Int(name)] { return }
        marks[Int(name)].insert(.install)
        if asked { marks[Int(name)].remove(.automatic) } else { marks[Int(name)].insert(.automatic) }
        choose(name, candidate[Int(name)])
    }

    /// Whether each dependency has a candidate; a name for which that is not so is given up.
    private mutating func isInstallable(_ name: Int32) -> Bool {
        for group in groups(of: candidate[Int(name)]) where !isNegative(group) {
            if group.contains(where: { holds($0, of: name) || couldHold($0, of: name) }) { continue }
            if !isProtected(name) {
                giveUpCandidate(name)
                marks[Int(name)].remove(.install)
            }
            return false
        }
        return true
    }

    /// Clears the way for a package and brings in what it needs.
    private mutating func follow(_ name: Int32, depth: Int, asked: Bool) -> Bool {
        let wasProtected = isProtected(name)
        let failsEarly = !wasProtected && !asked
        var succeeded = true
        let version = candidate[Int(name)]
        let open = groups(of: version).filter { group in wasProtected || !group.contains { holds($0, of: name) } }
        if !clearWay(for: name, open.filter(isNegative), wasProtected: wasProtected, asked: asked) {
            if failsEarly { return false }
            succeeded = false
        }
        if !asked { choose(name, asked: false) }
        marks[Int(name)].insert(.protected)
        defer { if !wasProtected { marks[Int(name)].remove(.protected) } }
        let needed = open.filter { !isNegative($0) }
        if !bringIn(needed, for: name, depth: depth, wasProtected: wasProtected, asked: asked) {
            if failsEarly {
                abandon(name)
                return false
            }
            succeeded = false
        }
        return succeeded
    }

    /// Undoes the choice of a name and never comes back to it.
    private mutating func abandon(_ name: Int32) {
        marks[Int(name)].remove(.install)
        choose(name, -1)
        giveUpCandidate(name)
    }

    /// Unmarks what a package conflicts with. When the package must be, what it conflicts with must not.
    private mutating func clearWay(
        for name: Int32, _ conflicts: [Range<Int>], wasProtected: Bool, asked: Bool
    ) -> Bool {
        var succeeded = true
        for group in conflicts {
            for version in solutions(of: group, for: name) {
                let other = universe.versions[Int(version)].name
                guard candidate[Int(other)] == version else { continue }
                if marks[Int(other)].contains(.install), !markKeep(other) {
                    succeeded = false
                    if !wasProtected, !asked { return false }
                } else if wasProtected {
                    if chosen[Int(other)] < 0 { giveUpCandidate(other) }
                    marks[Int(other)].insert(.protected)
                }
            }
        }
        return succeeded
    }

    /// Brings in the first alternative that can be had of each group.
    private mutating func bringIn(
        _ needed: [Range<Int>], for name: Int32, depth: Int, wasProtected: Bool, asked: Bool
    ) -> Bool {
        var succeeded = true
        for group in needed {
            if group.contains(where: { holds($0, of: name) }) {
                if wasProtected, !protectOnly(group, for: name, depth: depth) { succeeded = false }
                continue
            }
            if bringInFirst(of: group, for: name, depth: depth, wasProtected: wasProtected) { continue }
            succeeded = false
            if !wasProtected, !asked { return false }
        }
        return succeeded
    }

    /// What must be because it is the only way to satisfy something that must be.
    private mutating func protectOnly(_ group: Range<Int>, for name: Int32, depth: Int) -> Bool {
        let ways = Set(solutions(of: group, for: name))
        guard ways.count == 1, let only = ways.first else { return true }
        let other = universe.versions[Int(only)].name
        if isProtected(other) { return true }
        marks[Int(other)].insert(.protected)
        return markInstall(other, following: true, depth: depth + 1)
    }

    private mutating func bringInFirst(
        of group: Range<Int>, for name: Int32, depth: Int, wasProtected: Bool
    ) -> Bool {
        let ways = solutions(of: group, for: name)
        for version in ways {
            let other = universe.versions[Int(version)].name
            guard candidate[Int(other)] == version else { continue }
            if wasProtected, ways.count == 1 {
                guard markInstall(other, following: false, depth: depth + 1) else { continue }
                marks[Int(other)].insert(.protected)
            }
            if markInstall(other, following: true, depth: depth + 1) { return true }
        }
        return false
    }
}
