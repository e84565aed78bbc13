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
    /// Whether no container can have chosen the path.
    let isOwn: Bool
}

/// All places where git looks because of the configurations of a repository and of the caller, in whichever of the
/// repository's work trees and in whichever directory it works.
struct ConfiguredPlaces {
    private static let mostOrigins = 1024
    private static let mostPlaces = 2048

    /// A directory in which git starts hooks, and which a relative `core.hooksPath` therefore means.
    struct Origin: Hashable {
        let path: FilePath
        /// Whether it is where it is, and no file that a container can have written names it.
        let isOwn: Bool
    }

    /// The configurations.
    let configuration: IncludedConfiguration
    /// The places, without duplicates.
    private(set) var places: [ConfiguredPlace] = []
    /// The work trees, and git's own directories, where commands work that need no work tree, such as
    /// git-receive-pack(1) (githooks(5)).
    let origins: [Origin]
    /// Whether there are more places than are listed.
    private(set) var isIncomplete: Bool

    /// - Parameters:
    ///   - repository: The directory with `config`, in `tree`.
    ///   - workTree: The work tree on the host.
    init(
        of repository: FilePath, in tree: ContainerTree, seenFrom workTree: FilePath, rules: RepositoryRules?,
        trees: MountedTrees
    ) {
        configuration = IncludedConfiguration(of: repository, in: tree, rules: rules, trees: trees)
        let home = rules?.home ?? "/"
        let linked = GitDirectory(tree: tree, path: repository).linkedDirectories
        let directories = ([repository] + linked).map(tree.place)
        let workTrees = linked.compactMap { directory in
            GitDirectory(tree: tree, path: directory).line("gitdir").map {
                tree.place(directory).pushing(FilePath($0)).removingLastComponent()
            }
        }
        let moved = configuration.variables.filter { $0.entry.key == "core.worktree" }.suffix(16).flatMap { variable in
            directories.prefix(16).compactMap { directory in
                variable.entry.bytes.flatMap { IncludedConfiguration.path($0, from: directory, home: home) }
            }
        }
        let own = ([workTree] + directories).map { Origin(path: $0, isOwn: true) }
        var seen: Set<FilePath> = []
        let all = (own + (workTrees + moved).map { Origin(path: $0, isOwn: false) }).filter {
            seen.insert($0.path).inserted
        }
        origins = Array(all.prefix(Self.mostOrigins))
        isIncomplete = all.count > origins.count
        list(home)
    }

    /// Of several values of `core.hooksPath` git takes the last, so that they come first here.
    private mutating func list(_ home: FilePath) {
        var seen: Set<ConfiguredPlace> = []
        var values: Set<[[UInt8]]> = []
        for variable in configuration.variables.reversed() {
            let isIncluded = variable.entry.isInclude
            guard let value = variable.entry.bytes, isIncluded || variable.entry.key == "core.hookspath" else {
                continue
            }
            let source = [variable.base.bytes, [isIncluded ? 1 : 0, variable.isOwn ? 1 : 0], value]
            guard values.insert(isIncluded ? source : Array(source.dropFirst())).inserted else { continue }
            for origin in isIncluded ? [Origin(path: variable.base, isOwn: true)] : origins {
                guard let path = IncludedConfiguration.path(value, from: origin.path, home: home) else { continue }
                let isOwn = variable.isOwn && (origin.isOwn || value.first == UInt8(ascii: "/"))
                let place = ConfiguredPlace(
                    path: path, key: variable.entry.key, isIncluded: isIncluded, isOwn: isOwn)
                guard seen.insert(place).inserted else { continue }
                guard places.count < Self.mostPlaces else {
                    isIncomplete = true
                    return
                }
                places.append(place)
            }
        }
    }
}
