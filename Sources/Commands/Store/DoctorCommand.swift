// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Engine

/// `doctor`: is what lies in the store what it should be?
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for what is wrong with the store, and remove what is damaged.",
        discussion: """
            Without --deep it says what is in the store. With it, every blob is hashed again and every layer's files are \
            compared with its blob; what is damaged is removed, because it can be downloaded or made again. Exit status \
            1 when something was.

            EXAMPLES
              opencode-docker doctor
              opencode-docker doctor --deep
            """)

    @OptionGroup(title: "Console") var console: ConsoleOptions

    @Flag(help: "Read everything, and remove what is damaged.")
    var deep = false

    @Flag(name: [.long, .customShort("n")], help: "With --deep, only say what is damaged.")
    var dryRun = false

    func run() async throws {
        let surroundings = Surroundings.current
        try PrivateNamespace.enter(surroundings)
        let store = try Store(root: surroundings.storeFolder)
        let report = CleaningReport(items: try StoreInventory(store).items, victims: [])
        print("store     \(store.root)\n\n\(report.text(surroundings.standardOutput))", terminator: "")
        guard deep else { return }
        let result = try await console.withProgress(environment: surroundings.environment) { progress in
            try await store.withLock("build") {
                let check = StoreCheck(store: store, workers: surroundings.cores)
                let result = try await check.run(progress: progress)
                if !dryRun { for finding in result.findings { try Files.removeTree(finding.path) } }
                return result
            }
        }
        for finding in result.findings {
            print("\(dryRun ? "damaged" : "removed")   \(finding.path) \(finding.reason)".harmless)
        }
        guard result.findings.isEmpty else { throw ExitStatusRequest(status: .no) }
        print("\n\(result.blobs) blobs and \(result.layers) layers are what they should be.")
    }
}
