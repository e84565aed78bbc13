// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Foundation
import Glibc
import Launching
import Run

/// `projects`: manages the state of projects that is stored between runs.
struct ProjectsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "projects",
        abstract: "List, move, remove or repair the stored state of projects.",
        discussion: """
            EXAMPLES
              opencode-docker projects
              opencode-docker projects --format json
              opencode-docker projects clean ~/work/api
              opencode-docker projects clean --gone   those without a directory
              opencode-docker projects move ~/work/old ~/work/new   after a rename
              opencode-docker projects repair         when a start is refused
            """,
        subcommands: [
            ProjectsListCommand.self, ProjectsMoveCommand.self, ProjectsCleanCommand.self, ProjectsRepairCommand.self,
        ],
        defaultSubcommand: ProjectsListCommand.self)
}

/// `projects list`.
struct ProjectsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the projects, the last used first.",
        discussion: """
            EXAMPLES
              opencode-docker projects list
              opencode-docker projects list --format json
            """)

    @Option(help: "The output format. [environment: OPENCODE_DOCKER_FORMAT]")
    var format = OutputFormat.text

    func run() async throws {
        let environment = CommandEnvironment.current
        let projects = try ProjectList(root: environment.caller.projectsDirectory).all()
        switch format {
        case .text:
            for project in projects { print(project.line(now: environment.now)) }
            if projects.isEmpty { StandardError.write("No project has stored state.\n") }
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(projects.map(ProjectRecord.init)), as: UTF8.self))
        }
    }
}

/// A project as JSON.
private struct ProjectRecord: Encodable {
    /// `folder` is the key of the directory since 1.0.0.
    let id, folder: String
    let exists, running, partlyRemoved: Bool
    let bytes: UInt64
    let lastUsed: Int64

    init(_ project: KnownProject) {
        (id, folder, bytes, lastUsed) = (project.id, project.directory, project.bytes, project.lastUsed)
        (exists, running, partlyRemoved) = (project.exists, project.isRunning, project.isPartlyRemoved)
    }
}

extension KnownProject {
    /// A warning about a killed run without a report, because its record is removed with the state.
    var unreported: String {
        "warning: a run of '\(directory.sanitized)' was killed before its report: check the directory before you use it\n"
    }

    /// The project as one line of text.
    func line(now: Int64) -> String {
        let days = max(0, now - lastUsed) / 86400
        let age = days == 0 ? "today" : days == 1 ? "yesterday" : "\(days) days ago"
        let remark =
            isPartlyRemoved ? "  removed in part" : isRunning ? "  running" : exists ? "" : "  the directory is gone"
        let size = ByteSize(bytes).description
        let padding = String(repeating: " ", count: max(0, 10 - size.count))
        return
            "\(id)  \(padding)\(size)  \(age.padding(toLength: 13, withPad: " ", startingAt: 0))\(directory.sanitized)\(remark)"
    }
}

/// `projects clean`.
struct ProjectsCleanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Remove the stored state of projects.",
        discussion: """
            EXAMPLES
              opencode-docker projects clean .
              opencode-docker projects clean --gone --yes
              opencode-docker projects clean --all
            """)

    @Argument(help: .init("Project IDs or directories.", valueName: "project"))
    var names: [String] = []

    @Flag(help: "Remove the state of projects whose directory is gone. [environment: OPENCODE_DOCKER_GONE=1]")
    var gone = false

    @Flag(help: "Remove the state of all projects. [environment: OPENCODE_DOCKER_ALL=1]")
    var all = false

    @Flag(name: .shortAndLong, help: "Do not ask for confirmation. [environment: OPENCODE_DOCKER_YES=1]")
    var yes = false

    func validate() throws {
        if names.isEmpty == (!gone && !all) { throw ValidationError("Name projects, or use --gone or --all.") }
    }

    func run() async throws {
        let environment = CommandEnvironment.current
        let list = ProjectList(root: environment.caller.projectsDirectory)
        let known = try list.all()
        let chosen = try all ? known : gone ? known.filter { !$0.exists } : names.flatMap(list.find)
        for project in chosen { StandardError.write("  \(project.line(now: environment.now))\n") }
        guard !chosen.isEmpty else { return StandardError.write("There is nothing to remove.\n") }
        let sum = ByteSize(chosen.reduce(0) { $0 + $1.bytes }).description
        let count = chosen.count == 1 ? "1 project" : "\(chosen.count) projects"
        try Confirmation.require("Remove shell history, caches and sessions of \(count), \(sum)?", unless: yes)
        print(ByteSize(try remove(chosen, from: list)).description)
    }

    /// Removes each project's state, continues after a failure, and returns the freed bytes.
    ///
    /// - Throws: The first failure; the others are printed.
    private func remove(_ projects: [KnownProject], from list: ProjectList) throws -> UInt64 {
        var (bytes, failures): (UInt64, [any Error]) = (0, [])
        for project in projects {
            do {
                let isUnreported = !RunRecord.killed(in: project.state).isEmpty
                try list.remove(project)
                if isUnreported { StandardError.write(project.unreported) }
                bytes += project.bytes
            } catch { failures.append(error) }
        }
        guard let first = failures.first else { return bytes }
        for failure in failures.dropFirst() {
            StandardError.write("error: \(((failure as? any UserFacingError)?.sentence ?? "\(failure)").sanitized)\n")
        }
        throw first
    }
}
