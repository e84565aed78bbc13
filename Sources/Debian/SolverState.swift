// SPDX-License-Identifier: Apache-2.0

/// The decisions of a solve, by name. Nothing is installed at the start, so that a name is either chosen or not.
///
/// The decisions follow apt 2.6 (Debian 12), which users know: its documented behavior is in apt-get(8), the rest was
/// determined by comparing results. apt caches relations and renews the cache for a name when something about the name
/// changes; until then it still sees a candidate that has been given up. `givenUpAt` and `renewedAt` reproduce that
/// timing.
struct SolverState {
    private(set) var universe: PackageUniverse
    /// By name: the reason for its exclusion.
    var excluded: [Int32: String] = [:]
    /// By name: the requested package that recommends it.
    var recommended: [Int32: Int32] = [:]
    /// By name: the version that would be installed, or -1.
    var candidate: [Int32]
    /// By name: the version to install, or -1.
    var chosen: [Int32]
    /// By name: its marks.
    var marks: [Marks]
    /// The names that were ever chosen, in order.
    var touchedNames: [Int32] = []
    /// By name: whether it is in `touchedNames`.
    var isTouched: [Bool]

    private var clock: Int32 = 0
    private var renewedAt: [Int32]
    private var givenUp: [Int32: GivenUp] = [:]

    private struct GivenUp {
        var version: Int32
        var time: Int32
    }

    struct Marks: OptionSet {
        let rawValue: UInt8
        /// To be installed.
        static let install = Marks(rawValue: 1)
        /// The mark must not change.
        static let protected = Marks(rawValue: 2)
        /// Needed by another package, not requested.
        static let automatic = Marks(rawValue: 4)
        /// Chosen before the repair of conflicts.
        static let chosenBefore = Marks(rawValue: 8)
        /// May be retried once during the repair.
        static let retry = Marks(rawValue: 16)
        /// Requested.
        static let asked = Marks(rawValue: 32)
    }

    /// The initial state: nothing is chosen; candidates are the highest versions except for `pins`.
    init(universe: PackageUniverse, pins: [Int32: Int32] = [:]) {
        self.universe = universe
        candidate = universe.firstVersion
        for (name, version) in pins { candidate[Int(name)] = version }
        let count = candidate.count
        chosen = [Int32](repeating: -1, count: count)
        marks = [Marks](repeating: [], count: count)
        isTouched = [Bool](repeating: false, count: count)
        renewedAt = [Int32](repeating: 0, count: count)
    }
}

extension SolverState {
    /// The recommended groups of alternatives of a name's chosen version.
    mutating func recommendations(of name: Int32) -> [Range<Int>] {
        chosen[Int(name)] < 0 ? [] : universe.addRecommendations(of: chosen[Int(name)])
    }

    func isProtected(_ name: Int32) -> Bool { marks[Int(name)].contains(.protected) }

    /// Sets the version to install of a name and renews the relations to it.
    mutating func choose(_ name: Int32, _ version: Int32) {
        chosen[Int(name)] = version
        if version >= 0, !isTouched[Int(name)] {
            isTouched[Int(name)] = true
            touchedNames.append(name)
        }
        clock += 1
        renewedAt[Int(name)] = clock
        guard candidate[Int(name)] >= 0 else { return }
        for provision in universe.versions[Int(candidate[Int(name)])].provisions {
            renewedAt[Int(universe.provisions[Int(provision)].name)] = clock
        }
    }

    /// Gives up the candidate of a name: it cannot be installed from now on.
    mutating func giveUpCandidate(_ name: Int32) {
        guard candidate[Int(name)] >= 0 else { return }
        clock += 1
        givenUp[name] = GivenUp(version: candidate[Int(name)], time: clock)
        candidate[Int(name)] = -1
    }

    /// The candidate of `name` as cached by relations to `target`.
    private func seenCandidate(_ name: Int32, from target: Int32) -> Int32 {
        let current = candidate[Int(name)]
        guard current < 0, let old = givenUp[name], renewedAt[Int(target)] < old.time else { return current }
        return old.version
    }
}

extension SolverState {
    /// Whether a relation matches a version given by `version`; a package never conflicts with itself.
    @inline(__always)
    private func hits(_ atom: PackageUniverse.Atom, of parent: Int32, _ version: (Int32) -> Int32) -> Bool {
        if !(atom.kind.isNegative && atom.target == parent) {
            let own = version(atom.target)
            if own >= 0, universe.satisfies(universe.versions[Int(own)].text, atom) { return true }
        }
        var next = universe.firstProvision[Int(atom.target)]
        while next >= 0 {
            let provision = universe.provisions[Int(next)]
            next = provision.next
            let owner = universe.versions[Int(provision.owner)].name
            if atom.kind.isNegative && owner == parent { continue }
            if version(owner) == provision.owner, universe.satisfies(provision.version, atom) { return true }
        }
        return false
    }

    /// Whether the relation is satisfied by the chosen versions.
    func holds(_ atom: Int, of parent: Int32) -> Bool {
        let atom = universe.atoms[atom]
        return hits(atom, of: parent) { chosen[Int($0)] } != atom.kind.isNegative
    }

    /// Whether the relation would be satisfied if all candidates were chosen.
    func couldHold(_ atom: Int, of parent: Int32) -> Bool {
        let atom = universe.atoms[atom]
        return hits(atom, of: parent) { seenCandidate($0, from: atom.target) } != atom.kind.isNegative
    }

    /// The groups of alternatives of a version, in order.
    func groups(of version: Int32) -> [Range<Int>] {
        let all = universe.versions[Int(version)].atoms
        return universe.groups(of: Int(all.lowerBound)..<Int(all.upperBound))
    }

    func isNegative(_ group: Range<Int>) -> Bool { universe.atoms[group.lowerBound].kind.isNegative }

    /// Whether the name is chosen and a dependency is missing or a conflict is present.
    func isBroken(_ name: Int32) -> Bool {
        let version = chosen[Int(name)]
        guard version >= 0 else { return false }
        return !groups(of: version).allSatisfy { group in group.contains { holds($0, of: name) } }
    }

    /// The number of broken chosen packages.
    var brokenCount: Int { touchedNames.count { isBroken($0) } }
}
