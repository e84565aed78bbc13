// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Engine
import Glibc

/// `clean`: removes from the store what can be made again.
struct CleanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Remove downloads and layers that were not used for a while.",
        discussion: """
            Nothing is lost: everything in the store can be downloaded or made again, and images that have a name stay. \
            A build that runs is waited for; while a container of an image here runs, nothing is removed.

            EXAMPLES
              opencode-docker clean --dry-run
              opencode-docker clean --older-than 7 --yes
              opencode-docker clean --max-size 5GB --yes
              opencode-docker clean --all
              opencode-docker clean --dry-run --format json
            """)

    @Option(
        help: .init(
            "Remove what was not used for so many days. [environment: OPENCODE_DOCKER_OLDER_THAN]", valueName: "days"))
    var olderThan = 30

    @Option(
        help: .init(
            "Remove what was used least recently until no more than that is left. [environment: OPENCODE_DOCKER_MAX_SIZE]",
            valueName: "size"))
    var maxSize: ByteBudget?

    @Flag(help: "Remove everything that was not used within the last ten minutes. [environment: OPENCODE_DOCKER_ALL=1]")
    var all = false

    @Flag(
        name: [.long, .customShort("n")],
        help: "Only say what would be removed. [environment: OPENCODE_DOCKER_DRY_RUN=1]")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Do not ask. [environment: OPENCODE_DOCKER_YES=1]")
    var yes = false

    @Option(help: "The form of the table. [environment: OPENCODE_DOCKER_FORMAT]")
    var format = TableFormat.table

    func validate() throws {
        if !(0...36500).contains(olderThan) { throw ValidationError("--older-than counts days from 0 on.") }
    }

    func run() async throws {
        let environment = CommandEnvironment.current
        // Trees of an ordinary user belong to subordinate ids, which only the root of such a namespace may remove.
        try PrivateNamespace.enter(environment)
        let store = try Store(root: environment.storeDirectory)
        let rule = CleaningRule(age: all ? 0 : Int64(olderThan) * 86400, maximumBytes: maxSize?.bytes)
        let items = try StoreInventory(store).items
        let victims = rule.victims(of: items, now: environment.now)
        let report = CleaningReport(items: items, victims: victims)
        print(format == .json ? report.json.pretty() : report.text(environment.standardOutput), terminator: "")
        guard !dryRun, !victims.isEmpty else { return }
        guard try yes || agrees() else { throw ExitStatusRequest(status: .no) }
        let cleaning = StoreCleaning(store: store) { event in
            if case .note(let text) = event { StandardError.write("\(text.sanitized)\n") }
        }
        guard try await cleaning.remove(victims) else { throw CommandError.storeInUse }
        StandardError.write("Removed.\n")
    }

    /// Asks; without a terminal nobody can answer.
    private func agrees() throws -> Bool {
        guard isatty(STDIN_FILENO) == 1 else { throw CommandError.nobodyToAsk }
        StandardError.write("Remove them? [y/N] ")
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}
