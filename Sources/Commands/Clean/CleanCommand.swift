// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Engine
import Glibc
import StoreMaintenance

/// `clean`: removes from the store everything that can be made again.
struct CleanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Remove unused downloads and layers.",
        discussion: """
            Everything removed can be downloaded or built again, and named images are kept. It waits for a running \
            build; while a container of an image here runs, nothing is removed.

            EXAMPLES
              opencode-docker clean --dry-run
              opencode-docker clean --older-than 7 --yes
              opencode-docker clean --max-size 5GB --yes
              opencode-docker clean --all
              opencode-docker clean --dry-run --format json
            """)

    @Option(
        help: .init(
            "Remove entries unused for this many days. [environment: OPENCODE_DOCKER_OLDER_THAN]", valueName: "days"))
    var olderThan = 30

    @Option(
        help: .init(
            "Remove the least recently used entries above this size. [environment: OPENCODE_DOCKER_MAX_SIZE]",
            valueName: "size"))
    var maxSize: ByteSize?

    @Flag(help: "Remove everything unused for the last ten minutes. [environment: OPENCODE_DOCKER_ALL=1]")
    var all = false

    @Flag(
        name: [.long, .customShort("n")],
        help: "Only show what would be removed. [environment: OPENCODE_DOCKER_DRY_RUN=1]")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Do not ask for confirmation. [environment: OPENCODE_DOCKER_YES=1]")
    var yes = false

    @Option(help: "The output format. [environment: OPENCODE_DOCKER_FORMAT]")
    var format = OutputFormat.text

    func validate() throws {
        if !(0...36500).contains(olderThan) { throw ValidationError("--older-than must be from 0 to 36500 days.") }
    }

    func run() async throws {
        let environment = CommandEnvironment.current
        // An ordinary user's trees belong to subordinate IDs, which only root of such a namespace may remove.
        try PrivateNamespace.enter(environment)
        let store = try Store(root: environment.storeDirectory)
        let rule = CleaningRule(age: all ? 0 : Int64(olderThan) * 86400, maximumBytes: maxSize?.bytes)
        let items = try StoreInventory(store).items
        let victims = rule.victims(of: items, now: environment.now)
        let report = CleaningReport(items: items, victims: victims)
        print(format == .json ? report.json.pretty() : report.text(environment.standardOutput), terminator: "")
        guard !dryRun, !victims.isEmpty else { return }
        try Confirmation.require("Remove them?", unless: yes)
        let cleaning = StoreCleaning(store: store) { event in
            if case .note(let text) = event { StandardError.write("\(text.sanitized)\n") }
        }
        try await cleaning.remove(victims)
        StandardError.write("Removed.\n")
    }
}
