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

    /// A directory in which git starts hooks, and which a relative `core.hooksPath` therefore means: work trees, and git's
    /// own directories, where commands work that need no work tree, such as git-receive-pack(1) (githooks(5)).
    private struct Origin {
        let path: FilePath
        /// Whether it is where it is, and no file that a container can have written names it.
        let isOwn: Bool
    }

    /// What two variables share that name the same places.
    private struct Setting: Hashable {
        /// The directory of an included file's path; `nil` for hooks, which have all origins.
        let base: FilePath?
        let isOwn: Bool
        let value: [UInt8]
    }

    /// The configurations.
    let configuration: IncludedConfiguration
    /// The places, without duplicates.
    private(set) var places: [ConfiguredPlace] = []
    /// Whether there are more places than are listed.
    private(set) var isIncomplete: Bool

    /// - Parameters:
    ///   - repository: The directory with `config`, in `tree`.
    ///   - workTree: The work tree on the host.
    init(
        of repository: FilePath, in tree: ContainerTree, seenFrom workTree: FilePath, rules: RepositoryRules?,
        trees: MountedTrees
    ) {
        let home = rules?.home ?? "/"
        let linked = GitDirectory(tree: tree, path: repository).linkedDirectories
        configuration = IncludedConfiguration(of: repository, linked: linked, in: tree, rules: rules, trees: trees)
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
        isIncomplete = all.count > Self.mostOrigins
        list(from: Array(all.prefix(Self.mostOrigins)), home)
    }

    /// Of several values of `core.hooksPath` git takes the last, so that they come first here.
    private mutating func list(from origins: [Origin], _ home: FilePath) {
        var seen: Set<ConfiguredPlace> = []
        var settings: Set<Setting> = []
        for variable in configuration.variables.reversed() {
            let isIncluded = variable.entry.isInclude
            guard let value = variable.entry.bytes, isIncluded || variable.entry.key == "core.hookspath" else {
                continue
            }
            let setting = Setting(base: isIncluded ? variable.base : nil, isOwn: variable.isOwn, value: value)
            guard settings.insert(setting).inserted else { continue }
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
