// SPDX-License-Identifier: Apache-2.0

/// Finds what must be installed so that some packages can be: apt's answer, without recommended packages.
///
/// The base of every system comes first (`Essential: yes`, `Priority: required`, apt), then what is asked for, each in
/// the order of its names, so that the answer does not depend on how a list was written.
package struct Solver: Sendable {
    let universe: PackageUniverse

    /// A solver for the packages of `universe`.
    package init(_ universe: PackageUniverse) { self.universe = universe }

    /// The names that every system has, sorted.
    package var base: [String] {
        (0..<Int32(universe.firstVersion.count)).filter { name in
            let version = universe.versions(ofName: name).first { universe.versions[Int($0)].rank == .debian }
            guard let version else { return false }
            return universe.flags[Int(name)].contains(.essential)
                || universe.versions[Int(version)].priority == .required || universe.names[name] == "apt"
        }.map { universe.names[$0] }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Solves for the base and `requested`.
    ///
    /// - Parameters:
    ///   - pins: The versions to take of some names, where the archive has them.
    ///   - exclusions: The names that must not be installed, each with the reason; as `name-` for apt-get(8).
    ///   - recommending: Those of `requested` whose recommended packages are taken too, as far as they can be had.
    /// - Throws: `DebianError.noSolution`, and what reading the records throws.
    package func solve(
        _ requested: [PackageName], pins: [PackageName: DebianVersion] = [:],
        exclusions: [PackageName: String] = [:], recommending: Set<PackageName> = []
    ) throws(DebianError) -> [SolvedPackage] {
        let asked = requested.sorted().map(\.text)
        var conflicts: [Conflict] = []
        var excluded: [Int32: String] = [:]
        for (name, reason) in exclusions.sorted(by: { $0.key < $1.key }) {
            do { excluded[try excludable(name.text, after: conflicts.count)] = reason } catch {
                conflicts.append(error)
            }
        }
        var names: [Int32] = []
        for name in base.filter({ name in !exclusions.keys.contains { $0.text == name } }) + asked {
            do { names.append(try resolve(name, after: conflicts.count)) } catch { conflicts.append(error) }
        }
        guard conflicts.isEmpty else { throw .noSolution(conflicts) }
        var state = SolverState(universe: universe, pins: pinned(pins))
        let wishes = Set(recommending.compactMap { try? resolve($0.text) })
        state.install(names, excluding: excluded, recommending: wishes)
        guard state.brokenCount == 0 || state.repair() else {
            throw .noSolution(Explanation(state: state).conflicts(for: names))
        }
        return try solution(state, asked: Set(asked.compactMap { try? resolve($0) }))
    }

    private func pinned(_ pins: [PackageName: DebianVersion]) -> [Int32: Int32] {
        var pinned: [Int32: Int32] = [:]
        for (name, version) in pins {
            guard let number = universe.names.find(name.text) else { continue }
            pinned[number] = universe.versions(ofName: number)
                .first { universe.text(universe.versions[Int($0)].text) == version.text }
        }
        return pinned
    }

    /// The names that look most like one that is not there; none where so many are missing that no one reads them.
    private func nearest(_ name: String, after count: Int) -> [String] {
        count < 20 ? NearestNames.of(name, in: universe) : []
    }

    /// The package of that very name, which a system can do without.
    private func excludable(_ name: String, after count: Int) throws(Conflict) -> Int32 {
        guard let number = universe.names.find(name), universe.firstVersion[Int(number)] >= 0 else {
            throw .unknown(name: name, nearest: nearest(name, after: count))
        }
        if universe.flags[Int(number)].contains(.essential) || name == "apt" { throw .indispensable(name: name) }
        return number
    }

    /// The package a name means: the one of that name, or the only one that provides it.
    private func resolve(_ name: String, after count: Int = 0) throws(Conflict) -> Int32 {
        guard let number = universe.names.find(name) else {
            throw .unknown(name: name, nearest: nearest(name, after: count))
        }
        if universe.firstVersion[Int(number)] >= 0 { return number }
        let providers = Set(
            universe.provisions(ofName: number).map { universe.versions[Int(universe.provisions[Int($0)].owner)].name })
        guard let first = providers.first else {
            throw .unknown(name: name, nearest: nearest(name, after: count))
        }
        guard providers.count == 1 else {
            throw .virtual(name: name, providers: providers.map { universe.names[$0] }.sorted())
        }
        return first
    }
}

extension Conflict: Error {}

extension SolverState {
    /// Marks what was asked for, first each for itself, so that all later choices know of it, then with what it needs,
    /// and with what those of `wishes` recommend.
    mutating func install(_ names: [Int32], excluding exclusions: [Int32: String], recommending wishes: Set<Int32>) {
        excluded = exclusions
        for name in exclusions.keys { marks[Int(name)].insert(.protected) }
        for name in names {
            marks[Int(name)].formUnion([.asked, .protected])
            markInstall(name, following: false, asked: true)
        }
        for name in names {
            markInstall(name, following: true, asked: true)
            if wishes.contains(name) { bringInRecommended(by: name) }
        }
    }
}
