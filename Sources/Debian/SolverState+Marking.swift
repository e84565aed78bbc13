// SPDX-License-Identifier: Apache-2.0

extension SolverState {
    /// The maximum depth of dependency chains; apt's limit.
    private static let deepest = 3000

    /// Whether a mark may change; the user's choices are protected, and setting an equal mark is allowed.
    private func mayMark(_ name: Int32, install: Bool, depth: Int) -> Bool {
        guard depth <= SolverState.deepest, universe.firstVersion[Int(name)] >= 0 else { return false }
        return marks[Int(name)].contains(.install) == install || !isProtected(name)
    }

    /// Marks a name as not to be installed. Returns false when that is not allowed.
    @discardableResult
    mutating func markKeep(_ name: Int32) -> Bool {
        guard mayMark(name, install: false, depth: 0) else { return false }
        if !marks[Int(name)].contains(.install) { return true }
        marks[Int(name)].remove(.install)
        choose(name, -1)
        return true
    }

    /// Removes a name. Requested packages and the base system are kept.
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

    /// Marks a name to be installed, with `following` also its dependencies. Returns false when that is impossible.
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

    /// Whether each dependency has a candidate; otherwise the name is given up.
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

    /// Resolves a package's conflicts and marks its dependencies.
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

    /// Reverts the choice of a name and gives it up.
    private mutating func abandon(_ name: Int32) {
        marks[Int(name)].remove(.install)
        choose(name, -1)
        giveUpCandidate(name)
    }

    /// Unmarks the packages that a package conflicts with. If the package is protected, they are excluded.
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

    /// Marks the first installable alternative of each group.
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

    /// Protects a package that is the only solution for a protected package's dependency.
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
