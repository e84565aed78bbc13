// SPDX-License-Identifier: Apache-2.0

import SystemPackage

extension GitWorktreeReview {
    /// The directories of hooks that a relative value means in other directories than the work tree.
    func hookPlaces(
        _ variable: IncludedConfiguration.Variable, in directories: [FilePath], _ home: FilePath
    ) -> [NamedPlace] {
        guard let value = variable.entry.bytes, variable.entry.key == "core.hookspath" else { return [] }
        return directories.compactMap { IncludedConfiguration.place(value, from: $0, home: home).flatMap(entrance) }
            .map { NamedPlace(path: $0, key: variable.entry.key, isPath: true) }
    }
}
