// SPDX-License-Identifier: Apache-2.0

/// What has been decided so far, by name. Nothing is installed before a solve, so a name is either wanted or it is not.
///
/// The decisions follow apt 2.6 (Debian 12), whose answer is the one users know: what it does is described in
/// apt-get(8), and was learnt for the rest by comparing answers. apt looks at relations through a cache that it renews
/// for a name when something about that name changes, and a candidate that is given up may be seen there for a while
/// longer; `givenUpAt` and `renewedAt` keep the same time.
struct SolverState {
    private(set) var universe: PackageUniverse
    /// By name: why it must not be installed.
    var excluded: [Int32: String] = [:]
    /// By name: which package recommends it, and is asked for with what it recommends.
    var recommended: [Int32: Int32] = [:]
    /// By name: the version that would be installed, or -1.
    var candidate: [Int32]
    /// By name: the version that is to be installed, or -1.
    var chosen: [Int32]
    /// By name: what was said about it.
    var marks: [Marks]
    /// The names that were ever chosen, in that order.
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
        /// Must stay as it is marked.
        static let protected = Marks(rawValue: 2)
        /// Wanted by another package, not by the user.
        static let automatic = Marks(rawValue: 4)
        /// Was to be installed before conflicts were repaired.
        static let chosenBefore = Marks(rawValue: 8)
        /// May be tried once more while conflicts are repaired.
        static let retry = Marks(rawValue: 16)
        /// Asked for.
        static let asked = Marks(rawValue: 32)
    }

    /// Everything is open; candidates are the highest versions but for `pins`.
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
    /// The groups of alternatives that the chosen version of a name recommends.
    mutating func recommendations(of name: Int32) -> [Range<Int>] {
        chosen[Int(name)] < 0 ? [] : universe.addRecommendations(of: chosen[Int(name)])
    }

    func isProtected(_ name: Int32) -> Bool { marks[Int(name)].contains(.protected) }

    /// Sets what is to be installed of a name and renews what is known about relations to it.
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

    /// From now on the name cannot be installed.
    mutating func giveUpCandidate(_ name: Int32) {
        guard candidate[Int(name)] >= 0 else { return }
        clock += 1
        givenUp[name] = GivenUp(version: candidate[Int(name)], time: clock)
        candidate[Int(name)] = -1
    }

    /// The candidate of `name` as relations to `target` see it.
    private func seenCandidate(_ name: Int32, from target: Int32) -> Int32 {
        let current = candidate[Int(name)]
        guard current < 0, let old = givenUp[name], renewedAt[Int(target)] < old.time else { return current }
        return old.version
    }
}

extension SolverState {
    /// Whether a relation hits something among what `version` gives for a name; a package never conflicts with itself.
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

    /// Whether the relation holds with what is chosen.
    func holds(_ atom: Int, of parent: Int32) -> Bool {
        let atom = universe.atoms[atom]
        return hits(atom, of: parent) { chosen[Int($0)] } != atom.kind.isNegative
    }

    /// Whether the relation would hold if all candidates were chosen.
    func couldHold(_ atom: Int, of parent: Int32) -> Bool {
        let atom = universe.atoms[atom]
        return hits(atom, of: parent) { seenCandidate($0, from: atom.target) } != atom.kind.isNegative
    }

    /// The groups of alternatives of a version, one after the other.
    func groups(of version: Int32) -> [Range<Int>] {
        let all = universe.versions[Int(version)].atoms
        return universe.groups(of: Int(all.lowerBound)..<Int(all.upperBound))
    }

    func isNegative(_ group: Range<Int>) -> Bool { universe.atoms[group.lowerBound].kind.isNegative }

    /// Whether the name is chosen and something it needs is missing, or something it cannot bear is there.
    func isBroken(_ name: Int32) -> Bool {
        let version = chosen[Int(name)]
        guard version >= 0 else { return false }
        return !groups(of: version).allSatisfy { group in group.contains { holds($0, of: name) } }
    }

    /// How many chosen packages are broken.
    var brokenCount: Int { touchedNames.count { isBroken($0) } }
}
