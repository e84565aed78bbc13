// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Glibc
import Run
import SystemPackage

/// `projects repair`.
struct ProjectsRepairCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Move aside what keeps a project from being started.",
        discussion: """
            A container can leave a link, a FIFO or a directory where git keeps hooks and configuration; such a project is \
            not started. Each of them is renamed where it is, to NAME.quarantined-N, and nothing is removed. `git status` \
            then says whether the repository misses something. A directory that its owner closed is opened. The lock \
            `.git/config.lock` of a launcher that was killed is taken away, with its container.

            EXAMPLES
              opencode-docker projects repair
              opencode-docker projects repair ~/work/api --yes
            """)

    @Argument(help: .init("The project's directory; without it, the current one.", valueName: "dir"))
    var project: String?

    @Flag(name: .shortAndLong, help: "Do not ask. [environment: OPENCODE_DOCKER_YES=1]")
    var yes = false

    func run() async throws {
        let surroundings = Surroundings.current
        let protected = surroundings.protectedPaths
        let folders = try WorkspaceFolders(
            AddedFolder(path: FilePath(project ?? ".")), samePath: false, protected: protected)
        try folders.checkAccess()
        let state = StateFolder(folders.project, root: surroundings.projectsFolder)
        let killed = KilledContainers(surroundings)
        await killed.remove(Talk(isQuiet: false))
        let lock = try ProjectLock(folders.project.folder.identity)
        guard lock.isLast() else { throw RunError.projectInUse(folders.project.folder.text) }
        let rules = surroundings.repositoryRules(state)
        let repair = RepositoryRepair(try folders.open(), rules: rules)
        guard let first = try repair.obstacle() else {
            // A launcher that was killed has left git's lock and its placeholders.
            try GitGuard(try folders.open(), rules: rules).removePlaceholders(where: killed.isUnused)
            return StandardError.write("Nothing is in the way of a start.\n")
        }
        StandardError.write("'\(first.place.string.harmless)': \(first.why.harmless)\n")
        guard yes || Question.agrees("Move it aside, and what else is in the way? [y/N] ") else {
            throw ExitStatusRequest(status: .no)
        }
        for place in try repair.run() { print(place.string.harmless) }
    }
}
