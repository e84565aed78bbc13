// SPDX-License-Identifier: Apache-2.0

/// Finds the packages to install for a request: apt's result without recommended packages.
///
/// The base system (`Essential: yes`, `Priority: required`, apt) is marked first, then the requested packages, each
/// sorted by name, so that the result does not depend on the order of a list.
package struct Solver: Sendable {
    let universe: PackageUniverse

    /// Creates a solver for the packages of `universe`.
    package init(_ universe: PackageUniverse) { self.universe = universe }

    /// The names of the base system, sorted.
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
    ///   - pins: The versions to use for some names, when the archive has them.
    ///   - exclusions: The names that must not be installed, with reasons; like `name-` of apt-get(8).
    ///   - recommending: Names in `requested` whose recommended packages are installed too, when possible.
    /// - Throws: `DebianError.noSolution`, and errors of reading the records.
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

    /// The most similar names for an unknown one; empty after many unknown names, which would make the message too
    /// long.
    private func nearest(_ name: String, after count: Int) -> [String] {
        count < 20 ? NearestNames.of(name, in: universe) : []
    }

    /// The package with exactly that name, which must not be part of the base system.
    private func excludable(_ name: String, after count: Int) throws(Conflict) -> Int32 {
        guard let number = universe.names.find(name), universe.firstVersion[Int(number)] >= 0 else {
            throw .unknown(name: name, nearest: nearest(name, after: count))
        }
        if universe.flags[Int(number)].contains(.essential) || name == "apt" { throw .indispensable(name: name) }
        return number
    }

    /// The package that a name refers to: the package of that name, or the only provider.
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
    /// Marks the requested packages: first each alone, so that later choices take them into account, then with their
    /// dependencies, and with the recommendations of `wishes`.
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
