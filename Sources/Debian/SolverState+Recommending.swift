// SPDX-License-Identifier: Apache-2.0

/// The recommended packages of those that are asked for with them. apt takes them for all packages or for none
/// (`APT::Install-Recommends`), right after what the package needs; what cannot be had is left out without a word.
extension SolverState {
    /// Brings in what a chosen package recommends, and what that needs, but nothing that those recommend in turn.
    mutating func bringInRecommended(by name: Int32) {
        for group in recommendations(of: name) {
            if group.contains(where: { holds($0, of: name) }) {
                for other in group.flatMap({ chosenNames(satisfying: universe.atoms[$0]) }) { recommend(other, name) }
                continue
            }
            for version in solutions(of: group, for: name) where bringIn(version) {
                recommend(universe.versions[Int(version)].name, name)
                break
            }
        }
    }

    private mutating func recommend(_ other: Int32, _ name: Int32) {
        if recommended[other] == nil { recommended[other] = name }
    }

    /// Whether a version can be had without harm to what is chosen; if not, nothing is changed.
    private mutating func bringIn(_ version: Int32) -> Bool {
        let other = universe.versions[Int(version)].name
        guard candidate[Int(other)] == version else { return false }
        let (before, broken) = (self, brokenCount)
        if markInstall(other, following: true, depth: 1), brokenCount <= broken { return true }
        self = before
        return false
    }
}
