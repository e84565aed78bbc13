// SPDX-License-Identifier: Apache-2.0

/// The recommended packages of requested packages. apt installs them for all packages or for none
/// (`APT::Install-Recommends`), right after the dependencies; unavailable ones are silently omitted.
extension SolverState {
    /// Marks the recommendations of a chosen package and their dependencies, but not their own recommendations.
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

    /// Marks a version if it conflicts with nothing that is chosen; otherwise nothing changes.
    private mutating func bringIn(_ version: Int32) -> Bool {
        let other = universe.versions[Int(version)].name
        guard candidate[Int(other)] == version else { return false }
        let (before, broken) = (self, brokenCount)
        if markInstall(other, following: true, depth: 1), brokenCount <= broken { return true }
        self = before
        return false
    }
}
