// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Glibc
import Run
import SystemPackage

extension CommandEnvironment {
    /// The caller's home: `HOME`, else that of the user database.
    var home: FilePath {
        if let home = variable("HOME"), home.hasPrefix("/") { return FilePath(home) }
        guard let entry = getpwuid(geteuid()), let directory = entry.pointee.pw_dir else { return "/" }
        return FilePath(platformString: directory)
    }

    /// The state directory: `OPENCODE_DOCKER_STATE`, else the user's state (XDG base directory specification).
    var stateDirectory: FilePath {
        if let chosen = variable("OPENCODE_DOCKER_STATE") { return FilePath(chosen) }
        let state = variable("XDG_STATE_HOME").map { FilePath($0) } ?? home.pushing(".local/state")
        return state.appending("opencode-docker")
    }

    /// The directory with the states of projects.
    var projectsDirectory: FilePath { stateDirectory.appending("projects") }

    /// The directory of the user's configuration.
    var configurationDirectory: FilePath {
        variable("XDG_CONFIG_HOME").map { FilePath($0) } ?? home.appending(".config")
    }

    /// The ssh key for coding agents.
    var dedicatedKey: FilePath { configurationDirectory.pushing("opencode-docker/ssh/id_ed25519") }

    /// The directories that containers write or have written.
    var writtenTrees: WrittenTrees {
        WrittenDirectories(stateDirectory).trees(and: ProjectList(root: projectsDirectory).directories())
    }

    /// A file of the caller, unless links resolve it into one of `trees`, where a container can have created it.
    ///
    /// - Returns: `nil` when the file does not exist and its path is in one of them.
    /// - Throws: `RunError.fileInProject`.
    func file(_ file: FilePath, outside trees: WrittenTrees) throws(RunError) -> FilePath? {
        guard case .tree(let project, let below) = CallerPath(file, trees: trees) else { return file }
        let place = project.pushing(below)
        guard Files.exists(place) else { return nil }
        throw .fileInProject(file, place)
    }

    /// The paths that are never mounted.
    var protectedPaths: ProtectedPaths {
        let own = [stateDirectory, storeDirectory, configurationDirectory.appending("opencode-docker")]
        return ProtectedPaths(
            home: home, otherHomes: accountHomes, environment: variables, own: own, mounts: .current,
            written: writtenTrees)
    }

    /// The caller's home directories in the user database: of the real and the effective UID, and of the user who
    /// called sudo(8). `HOME` may name another one.
    private var accountHomes: [FilePath] {
        let sudo = variable("SUDO_UID").flatMap { uid_t($0) }
        let byNumber = [getuid(), geteuid()].map { getpwuid($0).flatMap(Self.home) }
        let bySudo = [
            sudo.flatMap { getpwuid($0).flatMap(Self.home) },
            variable("SUDO_USER").flatMap { getpwnam($0).flatMap(Self.home) },
        ]
        return (byNumber + bySudo).compactMap(\.self)
    }

    private static func home(_ entry: UnsafeMutablePointer<passwd>) -> FilePath? {
        entry.pointee.pw_dir.map { FilePath(platformString: $0) }
    }

    /// The directory with `hardening.yaml`, never one in the project: the project must not weaken its own isolation.
    ///
    /// - Throws: `CommandError.missingDefinition`.
    func definitionDirectory(_ chosen: String?) throws -> FilePath {
        if let named = chosen ?? variable("OPENCODE_DOCKER_IMAGE_DIR") { return FilePath(named) }
        let program = try programDirectory()
        let installed = try installedDefinition()
        // In a checkout the program is in .build/<triple>/release.
        let checkouts = RealPath.withAncestors(program).prefix(5).filter { Files.exists($0.appending("Package.swift")) }
        let places = [installed] + checkouts.map { $0.appending("image") }
        guard let found = places.first(where: { Files.exists($0.appending("hardening.yaml")) }) else {
            throw CommandError.missingDefinition(places.map(\.string))
        }
        return found
    }

    /// The directory of the image definition after `make install`; it may not exist.
    ///
    /// - Throws: `FileError` without /proc.
    func installedDefinition() throws -> FilePath {
        try programDirectory().removingLastComponent().pushing("share/opencode-docker/image")
    }

    private func programDirectory() throws -> FilePath {
        FilePath(try Files.target(of: "/proc/self/exe")).removingLastComponent()
    }

    /// The machine's Debian mirrors that a container can reach; `nil` when there is none for the release.
    func aptSources(codename: String) -> AptSourceList? {
        let machine = try? MachineSources.read(etcApt: "/etc/apt", codename: codename)
        return machine.flatMap { AptSourceList(seenFromContainers: $0.archives) }
    }

    /// The machine's time zone.
    var timeZone: String? {
        (try? Files.target(of: "/etc/localtime")).flatMap(CallerVariables.zone(ofLink:))
    }

    /// The rules for mounting repositories, from a project's state and the caller's git configuration.
    ///
    /// - Parameters:
    ///   - named: Repositories that the command line permits.
    ///   - settings: The caller's git configuration, a `gitListing`.
    ///   - mountsByPath: Whether the engine mounts by path.
    func repositoryRules(
        _ state: StateDirectory, protected: ProtectedPaths, named: [FileIdentity] = [], settings: [UInt8],
        mountsByPath: Bool
    ) -> RepositoryRules {
        RepositoryRules(
            protected: protected, allowed: KnownRepositories(state).identities.union(named), home: home,
            settings: linkedGitFiles
                + GitConfiguration.Entry.entries(listing: settings),
            mountsByPath: mountsByPath)
    }

    /// The rules for commands without an engine.
    func repositoryRules(_ state: StateDirectory, protected: ProtectedPaths? = nil) -> RepositoryRules {
        repositoryRules(
            state, protected: protected ?? protectedPaths, settings: gitListing,
            mountsByPath: !StagedTrees.isPossible())
    }

    /// The files that the caller's git reads by default, when links resolve them to another path or they do not exist:
    /// they may be in a project or be created there (git-config(1), "FILES"; gitattributes(5); gitignore(5)).
    private var linkedGitFiles: [GitConfiguration.Entry] {
        let directory = configurationDirectory.appending("git")
        let global = chosenGitFile("GIT_CONFIG_GLOBAL").map { [$0] }
        let usual = global == nil ? [home.appending(".gitconfig"), directory.appending("config")] : []
        let system = chosenGitFile("GIT_CONFIG_SYSTEM")
        let chosen = (global ?? []) + [system].compactMap(\.self)
        let isElsewhere: (FilePath) -> Bool = { RealPath.of($0) != $0 }
        let files = chosen + (usual + (system == nil ? ["/etc/gitconfig"] : [])).filter(isElsewhere)
        let named = [("attributes", "attributesfile"), ("ignore", "excludesfile")].map { name, key in
            (file: directory.appending(name), key: key)
        }
        return files.map(GitConfiguration.Entry.include)
            + named.filter { isElsewhere($0.file) }.map { GitConfiguration.Entry.naming($0.file, $0.key) }
    }

    /// The file that an environment variable makes git read in place of the default one.
    private func chosenGitFile(_ name: String) -> FilePath? {
        guard let value = variable(name), !value.isEmpty else { return nil }
        return (RealPath.of(".") ?? "/").pushing(FilePath(value))
    }

    /// The git configuration that applies to every repository of the caller, as printed by `git config --null --list`.
    var gitListing: [UInt8] {
        let arguments = ["-C", "/", "config", "--includes", "--null", "--list"]
        return ChildProcess.output("git", arguments, environment: variables, limit: 1 << 20) ?? []
    }
}
