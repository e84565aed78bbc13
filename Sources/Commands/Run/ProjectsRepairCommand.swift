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
        let environment = CommandEnvironment.current
        let place = try ProjectPlace(project, environment)
        let directory = place.directories.project.directory
        try place.directories.checkAccess()
        let killed = KilledContainers(environment)
        await killed.remove(LaunchConsole(isQuiet: false), concerning: [directory.identity])
        let lock = try ProjectLock(directory.identity, owner: directory.ownerID)
        guard lock.isLast() else { throw RunError.projectInUse(directory.text) }
        let repair = RepositoryRepair(try place.directories.open(), rules: place.rules)
        let found = try repair.obstacles()
        guard let first = found.first else {
            // A launcher that was killed has left git's lock and its placeholders.
            try place.guarding().removePlaceholders(where: killed.current.isUnused)
            return StandardError.write("Nothing is in the way of a start.\n")
        }
        let others = Set(found.map(\.place)).count - 1
        let more = others > 0 ? "\nand \(others) more" : ""
        StandardError.write("'\(first.place.string.sanitized)': \(first.why.sanitized)\(more)\n")
        guard yes || Question.agrees("Move it aside, and what else is in the way? [y/N] ") else {
            throw ExitStatusRequest(status: .no)
        }
        for moved in try repair.run() { print(moved.string.sanitized) }
    }
}
