// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import SystemPackage

/// `manual`: writes the manual pages, for `make install` and for those who make packages.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Write a manual page for each subcommand, made from the help.",
        discussion: """
            EXAMPLES
              opencode-docker manual --date 2026-01-31 --directory man1
              man ./man1/opencode-docker-build.1
            """,
        shouldDisplay: false)

    @Option(
        help: .init("The date that the pages show. [environment: OPENCODE_DOCKER_DATE]", valueName: "yyyy-mm-dd"))
    var date: String

    @Option(
        help: .init(
            "Where they are written; the directory is made. [environment: OPENCODE_DOCKER_DIRECTORY]", valueName: "dir")
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
