// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import SystemPackage

/// `manual`: writes the manual pages, for `make install` and packagers.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Write a manual page for each subcommand.",
        discussion: """
            EXAMPLES
              opencode-docker manual --date 2026-01-31 --directory man1
              man ./man1/opencode-docker-build.1
            """,
        shouldDisplay: false)

    @Option(
        help: .init("The date of the pages. [environment: OPENCODE_DOCKER_DATE]", valueName: "yyyy-mm-dd"))
    var date: String

    @Option(
        help: .init(
            "The output directory; created when missing. [environment: OPENCODE_DOCKER_DIRECTORY]", valueName: "dir"),
        completion: .directory
    )
    var directory: String

    func run() throws {
        let pages = try ManualPage.all(helpDump: Program.helpDump(), date: date)
        try Files.makeDirectories(FilePath(directory))
        for page in pages {
            try OutputFile(FilePath(directory).appending(page.fileName)).write(page.text.utf8)
        }
    }
}
