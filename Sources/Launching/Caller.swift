// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Glibc
import Run
import SystemPackage

/// The caller of a start: their environment, and the directories and files that it selects.
package struct Caller: Sendable {
    /// The environment variables.
    package let variables: [String: String]
    /// The directory of the store, which is never mounted.
    let storeDirectory: FilePath

    /// Creates a caller from the environment of the process.
    package init(variables: [String: String], storeDirectory: FilePath) {
        (self.variables, self.storeDirectory) = (variables, storeDirectory)
    }

    /// The variable `name`; `nil` when it is unset or empty.
    func variable(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// The directory of the user's data.
    var dataDirectory: FilePath {
        Self.base("XDG_DATA_HOME", in: variables) ?? home.pushing(".local/share")
    }

    /// A temporary directory in memory.
    ///
    /// - Throws: `RunError.noMemoryDirectory`, `FileError`.
    package func sessionDirectory() throws -> SessionDirectory {
        try SessionDirectory(places: SessionDirectory.places(runtimeDirectory: variable("XDG_RUNTIME_DIR")))
    }

    /// The caller's home: `HOME`, else that of the user database.
    package var home: FilePath { Self.home(in: variables) }

    /// The home of a user with these environment variables: `HOME`, else that of the user database. A relative `HOME`
    /// would be in the current directory, which is the project.
    package static func home(in variables: [String: String]) -> FilePath {
        if let home = variables["HOME"], home.hasPrefix("/") { return FilePath(home) }
        guard let entry = getpwuid(geteuid()), let directory = entry.pointee.pw_dir else { return "/" }
        return FilePath(platformString: directory)
    }

    /// The primary group of a directory's owner by the user database; the directory's group without an entry. A
    /// directory's group can be that of many users, and a container's user can make programs of its group (set-gid).
    func group(ofOwner directory: MountableDirectory) -> UInt32 {
        getpwuid(directory.ownerID).map(\.pointee.pw_gid) ?? directory.groupID
    }

    /// The state directory: `OPENCODE_DOCKER_STATE`, else the user's state (XDG base directory specification).
    package var stateDirectory: FilePath {
        if let chosen = variable("OPENCODE_DOCKER_STATE") { return Self.absolute(chosen) }
        let state = Self.base("XDG_STATE_HOME", in: variables) ?? home.pushing(".local/state")
        return state.appending("opencode-docker")
    }

    /// A base directory of the XDG specification; `nil` for a relative one, which is to be ignored.
    package static func base(_ name: String, in variables: [String: String]) -> FilePath? {
        variables[name].flatMap { $0.hasPrefix("/") ? FilePath($0) : nil }
    }

    /// Engines mount by absolute paths only.
    private static func absolute(_ path: String) -> FilePath {
        path.hasPrefix("/") ? FilePath(path) : (RealPath.of(".") ?? "/").pushing(FilePath(path))
    }

    /// The directory with the states of projects.
    package var projectsDirectory: FilePath { stateDirectory.appending("projects") }

    /// The directory of the user's configuration.
    package var configurationDirectory: FilePath {
        Self.base("XDG_CONFIG_HOME", in: variables) ?? home.appending(".config")
    }

    /// The caller's own configuration files of a coding agent, which may not exist.
    func configurationFiles(of agent: CodingAgent) -> [FilePath] {
        let directory = configurationDirectory.appending(agent.directory)
        return agent.configurationFiles.map { directory.appending($0) }
            + [variable(agent.configurationVariable).map { FilePath($0) }].compactMap(\.self)
    }

    /// The ssh key for coding agents.
    package var dedicatedKey: FilePath { configurationDirectory.pushing("opencode-docker/ssh/id_ed25519") }

    /// The directories that containers write or have written: projects, persistent homes, those on record, and other
    /// mounts of parts of them.
    package var writtenTrees: WrittenTrees {
        let homes = RealPath.of(projectsDirectory) ?? projectsDirectory
        let known = WrittenDirectories(stateDirectory).trees(
            and: [homes] + ProjectList(root: projectsDirectory).directories())
        return known.adding(MountPoints.current.copies(of: known))
    }

    /// A file of the caller, unless links resolve it into one of `trees`, where a container can have created it.
    ///
    /// - Returns: `nil` when the file does not exist and its path is in one of them.
    /// - Throws: `RunError.fileInProject`.
    package func file(_ file: FilePath, outside trees: WrittenTrees) throws(RunError) -> FilePath? {
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

    /// The machine's Debian mirrors that a container can reach; `nil` when there is none for the release.
    func aptSources(codename: String) -> AptSourceList? {
        let machine = try? MachineSources.read(etcApt: "/etc/apt", codename: codename)
        return machine.flatMap { AptSourceList(seenFromContainers: $0.archives) }
    }

    /// The machine's time zone.
    var timeZone: String? {
        (try? Files.target(of: "/etc/localtime")).flatMap(CallerVariables.zone(ofLink:))
    }
}
