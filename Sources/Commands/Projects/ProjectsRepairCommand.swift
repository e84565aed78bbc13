// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Launching
import Run
import SystemPackage

/// `projects repair`.
struct ProjectsRepairCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Move aside files that prevent a project's start.",
        discussion: """
            A container can put a link, a FIFO or a directory in the place of git's hooks and configuration; such a \
            project is not started. Each of these files is renamed in place to NAME.quarantined-N, and nothing is \
            deleted. Run `git status` afterwards to see whether the repository misses something. Directories without \
            permissions for their owner are opened. The lock `.git/config.lock` of a killed launcher is removed, with \
            its container.

            EXAMPLES
              opencode-docker projects repair
              opencode-docker projects repair ~/work/api --yes
            """)

    @Argument(
        help: .init("The project's directory; default: the current one.", valueName: "dir"), completion: .directory)
    var project: String?

    @Flag(name: .shortAndLong, help: "Do not ask for confirmation. [environment: OPENCODE_DOCKER_YES=1]")
    var yes = false

    func run() async throws {
        let environment = CommandEnvironment.current
        let place = try ProjectPlace(project, environment.caller)
        let directory = place.directories.project.directory
        try place.directories.checkAccess()
        let killed = KilledContainers(environment.caller)
        await killed.remove(LaunchConsole.terminal(isQuiet: false), concerning: [directory.identity])
        let lock = try ProjectLock(directory.identity, owner: directory.ownerID)
        guard lock.isLast() else { throw RunError.projectInUse(directory.text) }
        let repair = RepositoryRepair(try place.directories.open(), rules: place.rules)
        let found = try repair.obstacles()
        guard let first = found.first else {
            // A killed launcher leaves git's lock and placeholders.
            try place.guarding().removePlaceholders(where: killed.current.isUnused)
            return StandardError.write("Nothing prevents a start.\n")
        }
        let others = Set(found.map(\.place)).count - 1
        let more = others > 0 ? "\nand \(others) more" : ""
        StandardError.write("'\(first.place.string.sanitized)': \(first.why.sanitized)\(more)\n")
        try Confirmation.require("Move aside everything that prevents a start?", unless: yes)
        for moved in try repair.run() { print(moved.string.sanitized) }
    }
}
