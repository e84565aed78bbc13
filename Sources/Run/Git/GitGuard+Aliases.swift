// SPDX-License-Identifier: Apache-2.0

import SystemPackage

extension GitGuard {
    /// Warns of bind mounts of the host that show guarded paths under another path of a writable tree, where the guard
    /// has no mounts.
    mutating func warnOfAliases() {
        let writable = trees.filter { !$0.isReadOnly }.map(\.tree.path)
        var seen: Set<Set<FilePath>> = []
        for tree in writable {
            let whole = rules.mounts.origins(of: tree).map { ($0, FilePath()) }
            for (point, below) in whole + rules.mounts.parts(of: tree).map({ ($0.point, $0.below) }) {
                let place = below.isEmpty ? tree : tree.pushing(below)
                let isShown = writable.contains { point.starts(with: $0) || ($0 != tree && $0.starts(with: point)) }
                guard point != place, isShown, seen.insert([point, place]).inserted else { continue }
                warn(
                    "'\(point)' shows '\(place)' as well (a bind mount), and the container can change there what is guarded "
                        + "at the other path: unmount it before the start")
            }
        }
    }
}
