// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Glibc
import Run
import SystemPackage

extension CommandEnvironment {
    /// The caller's home: `HOME`, else the user database's.
    var home: FilePath {
        if let home = variable("HOME"), home.hasPrefix("/") { return FilePath(home) }
        guard let entry = getpwuid(geteuid()), let directory = entry.pointee.pw_dir else { return "/" }
        return FilePath(platformString: directory)
    }

    /// The directory of what lasts: `OPENCODE_DOCKER_STATE`, else the user's state (XDG base directory specification).
    var stateDirectory: FilePath {
        if let chosen = variable("OPENCODE_DOCKER_STATE") { return FilePath(chosen) }
        let state = variable("XDG_STATE_HOME").map { FilePath($0) } ?? home.pushing(".local/state")
        return state.appending("opencode-docker")
    }

    /// The states of projects.
    var projectsDirectory: FilePath { stateDirectory.appending("projects") }

    /// The directory of the user's configuration.
    var configurationDirectory: FilePath {
        variable("XDG_CONFIG_HOME").map { FilePath($0) } ?? home.appending(".config")
    }

    /// The private key for agents alone.
    var dedicatedKey: FilePath { configurationDirectory.pushing("opencode-docker/ssh/id_ed25519") }

    /// What is never mounted.
    var protectedPaths: ProtectedPaths {
        let own = [stateDirectory, storeDirectory, configurationDirectory.appending("opencode-docker")]
        var protected = ProtectedPaths(
            home: home, otherHomes: accountHomes, environment: variables, own: own, mounts: .current)
        protected.written = ProjectList(root: projectsDirectory).directories()
        return protected
    }

    /// The homes that the account database has for the caller: of the real and the effective UID, and through sudo(8)
    /// of whoever called it. `HOME` may name another one.
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

    /// The directory with `hardening.yaml`. Never one in the project: what is in there must not loosen its own cage.
    ///
    /// - Throws: `CommandError.missingDefinition`.
    func definitionDirectory(_ chosen: String?) throws -> FilePath {
        if let named = chosen ?? variable("OPENCODE_DOCKER_IMAGE_DIR") { return FilePath(named) }
        let program = try programDirectory()
        let installed = try installedDefinition()
        // A checkout: the program is in .build/<triple>/release.
        let checkouts = RealPath.withAncestors(program).prefix(5).filter { Files.exists($0.appending("Package.swift")) }
        let places = [installed] + checkouts.map { $0.appending("image") }
        guard let found = places.first(where: { Files.exists($0.appending("hardening.yaml")) }) else {
            throw CommandError.missingDefinition(places.map(\.string))
        }
        return found
    }

    /// Where `make install` puts the definition of the image; it need not be there.
    ///
    /// - Throws: `FileError` without /proc.
    func installedDefinition() throws -> FilePath {
        try programDirectory().removingLastComponent().pushing("share/opencode-docker/image")
    }

    private func programDirectory() throws -> FilePath {
        FilePath(try Files.target(of: "/proc/self/exe")).removingLastComponent()
    }

    /// The machine's own Debian mirrors, as far as a container reaches them; `nil` where there is none for the release.
    func aptSources(codename: String) -> AptSourceList? {
        let machine = try? MachineSources.read(etcApt: "/etc/apt", codename: codename)
        return machine.flatMap { AptSourceList(seenFromContainers: $0.archives) }
    }

    /// The time zone that the machine is set to.
    var timeZone: String? {
        (try? Files.target(of: "/etc/localtime")).flatMap(CallerVariables.zone(ofLink:))
    }

    /// What a project's state allows to be mounted of repositories, with the caller's own configuration of git.
    ///
    /// - Parameters:
    ///   - named: Further repositories that may be mounted.
    ///   - settings: The caller's configuration, a `gitListing`.
    ///   - mountsByPath: Whether the engine gets paths.
    func repositoryRules(
        _ state: StateDirectory, protected: ProtectedPaths, named: [FileIdentity] = [], settings: [UInt8],
        mountsByPath: Bool
    ) -> RepositoryRules {
        RepositoryRules(
            protected: protected, allowed: KnownRepositories(state).identities.union(named), home: home,
            settings: linkedGitFiles.map(GitConfiguration.Entry.include)
                + GitConfiguration.Entry.entries(listing: settings),
            mountsByPath: mountsByPath)
    }

    /// The same where no engine is asked.
    func repositoryRules(_ state: StateDirectory, protected: ProtectedPaths? = nil) -> RepositoryRules {
        repositoryRules(
            state, protected: protected ?? protectedPaths, settings: gitListing,
            mountsByPath: !StagedTrees.isPossible())
    }

    /// The caller's own configuration of git where it lies elsewhere than git looks for it: it may be in a project
    /// (git-config(1), "FILES").
    private var linkedGitFiles: [FilePath] {
        if let file = variable("GIT_CONFIG_GLOBAL") { return [FilePath(file)] }
        let configuration = variable("XDG_CONFIG_HOME").map { FilePath($0) } ?? home.appending(".config")
        return [home.appending(".gitconfig"), configuration.pushing("git/config")].filter { file in
            RealPath.of(file).map { $0 != file } ?? false
        }
    }

    /// The configuration of git that counts in every repository of the caller's, as `git config --null --list` prints
    /// it.
    var gitListing: [UInt8] {
        let arguments = ["-C", "/", "config", "--includes", "--null", "--list"]
        return ChildProcess.output("git", arguments, environment: variables, limit: 1 << 20) ?? []
    }
}
