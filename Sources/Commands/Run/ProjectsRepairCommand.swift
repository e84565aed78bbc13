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
        let place = try ProjectPlace(project, surroundings)
        let folder = place.folders.project.folder
        try place.folders.checkAccess()
        let killed = KilledContainers(surroundings)
        await killed.remove(Talk(isQuiet: false), concerning: [folder.identity])
        let lock = try ProjectLock(folder.identity, owner: folder.ownerID)
        guard lock.isLast() else { throw RunError.projectInUse(folder.text) }
        let repair = RepositoryRepair(try place.folders.open(), rules: place.rules)
        let found = try repair.obstacles()
        guard let first = found.first else {
            // A launcher that was killed has left git's lock and its placeholders.
            try place.guarding().removePlaceholders(where: killed.current.isUnused)
            return StandardError.write("Nothing is in the way of a start.\n")
        }
        let others = Set(found.map(\.place)).count - 1
        let more = others > 0 ? "\nand \(others) more" : ""
        StandardError.write("'\(first.place.string.harmless)': \(first.why.harmless)\(more)\n")
        guard yes || Question.agrees("Move it aside, and what else is in the way? [y/N] ") else {
            throw ExitStatusRequest(status: .no)
        }
        for moved in try repair.run() { print(moved.string.harmless) }
    }
}
