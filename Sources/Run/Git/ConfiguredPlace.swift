// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// A place where git looks for what a configuration names: an included file, or a directory of hooks.
struct ConfiguredPlace: Hashable {
    /// The path as git passes it to the kernel, which resolves links and `..`.
    let path: FilePath
    /// The variable.
    let key: String
    /// Whether it is a file that git reads as configuration, not a directory of hooks.
    let isIncluded: Bool
    /// Whether no container can have written the variable.
    let isOwn: Bool
}

/// All places where git looks because of the configurations of a repository and of the caller, in whichever of the
/// repository's work trees and in whichever directory it works.
struct ConfiguredPlaces {
    /// The configurations.
    let configuration: IncludedConfiguration
    /// The places, without duplicates.
    let places: [ConfiguredPlace]
    /// The directories in which git starts hooks, and which a relative `core.hooksPath` therefore means: work trees,
    /// and in commands that need none, such as git-receive-pack(1), git's own directories (githooks(5)).
    let origins: [FilePath]

    /// - Parameters:
    ///   - repository: The directory with `config`, in `tree`.
    ///   - workTree: The work tree on the host.
    init(
        of repository: FilePath, in tree: ContainerTree, seenFrom workTree: FilePath, rules: RepositoryRules?,
        trees: MountedTrees
    ) {
        let all = IncludedConfiguration(of: repository, in: tree, rules: rules, trees: trees)
        let home = rules?.home ?? "/"
        let linked = GitDirectory(tree: tree, path: repository).linkedDirectories
        let directories = ([repository] + linked).map(tree.place)
        let places = linked.compactMap { directory in
            GitDirectory(tree: tree, path: directory).line("gitdir").map {
                tree.place(directory).pushing(FilePath($0)).removingLastComponent()
            }
        }
        let moved = all.variables.filter { $0.entry.key == "core.worktree" }.flatMap { variable in
            directories.compactMap { directory in
                variable.entry.value.flatMap { IncludedConfiguration.path($0, from: directory, home: home) }
            }
        }
        var seen: Set<FilePath> = []
        let origins = ([workTree] + places + moved + directories).filter { seen.insert($0).inserted }
        (configuration, self.origins) = (all, origins)
        self.places = Self.places(all, origins, home)
    }

    private static func places(
        _ all: IncludedConfiguration, _ origins: [FilePath], _ home: FilePath
    ) -> [ConfiguredPlace] {
        var (found, seen): ([ConfiguredPlace], Set<ConfiguredPlace>) = ([], [])
        for variable in all.variables {
            let isIncluded = variable.entry.isInclude
            guard let value = variable.entry.value, isIncluded || variable.entry.key == "core.hookspath" else {
                continue
            }
            for base in isIncluded ? [variable.base] : origins {
                guard let path = IncludedConfiguration.path(value, from: base, home: home) else { continue }
                let place = ConfiguredPlace(
                    path: path, key: variable.entry.key, isIncluded: isIncluded, isOwn: variable.isOwn)
                if seen.insert(place).inserted { found.append(place) }
            }
        }
        return found
    }
}
