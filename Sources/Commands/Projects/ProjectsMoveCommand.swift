// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Launching
import Run

/// `projects move`.
struct ProjectsMoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: "Continue with the sessions of a directory that was renamed.",
        discussion: """
            The state of a project (sessions, shell history, caches) is stored by its path. After a rename, this gives \
            the state of the old path to the new one. The old directory must be gone. State that a start in between \
            made is kept as that of the old path, and the same command exchanges both again.

            EXAMPLES
              opencode-docker projects move ~/work/old ~/work/new
              cd ~/work/new && opencode-docker projects move 3f1a
            """)

    @Argument(help: .init("The project's ID, or its old path.", valueName: "old"))
    var old: String

    @Argument(help: .init("The directory; default: the current one.", valueName: "dir"), completion: .directory)
    var directory: String?

    func run() async throws {
        let environment = CommandEnvironment.current
        let list = ProjectList(root: environment.caller.projectsDirectory)
        let project = try ProjectPlace(directory, environment.caller).directories.project
        let found = try list.find(old)
        guard let former = found.first(where: { !$0.isPartlyRemoved }) ?? found.first else { return }
        let hadState = try list.move(former, to: project)
        print(project.directory.text.sanitized)
        guard hadState else { return }
        StandardError.write(
            "The state that '\(project.directory.text.sanitized)' had is kept as that of '\(former.directory.sanitized)': "
                + "`opencode-docker projects clean \(former.id)` removes it.\n")
    }
}
