// SPDX-License-Identifier: Apache-2.0

/// One package of a solution.
package struct SolvedPackage: Hashable, Sendable {
    /// Its record in the index.
    package let record: PackageRecord
    /// The reason for its installation.
    package let reason: InstallReason
}

/// The reason why a package is installed.
package enum InstallReason: Hashable, Sendable, CustomStringConvertible {
    /// `Essential: yes`.
    case essential
    /// `Priority: required`, or apt itself.
    case required
    /// Requested by name.
    case asked
    /// A dependency of another package.
    case needed(by: String)
    /// Recommended by a package that is requested with its recommendations.
    case recommended(by: String)

    package var description: String {
        switch self {
        case .essential: "essential"
        case .required: "required"
        case .asked: "asked"
        case .needed(let name): "needed by \(name)"
        case .recommended(let name): "recommended by \(name)"
        }
    }
}

extension Solver {
    /// The packages of a valid state, sorted by name, each with the shortest reason.
    func solution(_ state: SolverState, asked: Set<Int32>) throws(DebianError) -> [SolvedPackage] {
        let reasons = reasons(state, state.needed(), asked: asked)
        var solution: [SolvedPackage] = []
        for (name, reason) in reasons {
            solution.append(SolvedPackage(record: try state.universe.record(state.chosen[Int(name)]), reason: reason))
        }
        return solution.sorted { $0.record.name < $1.record.name }
    }

    /// Finds reasons by a breadth-first search from the requested packages, so that a reason names the nearest
    /// dependent.
    private func reasons(_ state: SolverState, _ needed: Set<Int32>, asked: Set<Int32>) -> [Int32: InstallReason] {
        var reasons: [Int32: InstallReason] = [:]
        let queue = sortedByName(needed.filter { !state.marks[Int($0)].contains(.automatic) }, state.universe)
        for name in queue {
            let isEssential = state.universe.flags[Int(name)].contains(.essential)
            reasons[name] = isEssential ? .essential : asked.contains(name) ? .asked : .required
        }
        followNeeds(from: queue, state, needed, &reasons)
        let wished = sortedByName(needed.filter { reasons[$0] == nil && state.recommended[$0] != nil }, state.universe)
        for name in wished {
            reasons[name] = state.recommended[name].map { .recommended(by: state.universe.names[$0]) }
        }
        followNeeds(from: wished, state, needed, &reasons)
        for name in needed where reasons[name] == nil { reasons[name] = .required }
        return reasons
    }

    private func followNeeds(
        from names: [Int32], _ state: SolverState, _ needed: Set<Int32>, _ reasons: inout [Int32: InstallReason]
    ) {
        var queue = names
        var position = 0
        while position < queue.count {
            let name = queue[position]
            position += 1
            for index in state.universe.versions[Int(state.chosen[Int(name)])].atoms {
                let atom = state.universe.atoms[Int(index)]
                guard !atom.kind.isNegative else { continue }
                for other in state.chosenNames(satisfying: atom) where needed.contains(other) && reasons[other] == nil {
                    reasons[other] = .needed(by: state.universe.names[name])
                    queue.append(other)
                }
            }
        }
    }

    private func sortedByName(_ names: some Collection<Int32>, _ universe: PackageUniverse) -> [Int32] {
        names.sorted { universe.names[$0].utf8.lexicographicallyPrecedes(universe.names[$1].utf8) }
    }
}
