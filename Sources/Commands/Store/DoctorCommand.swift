// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Engine

/// `doctor`: what can this machine do, what has to be mended, and is what lies in the store what it should be?
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what this machine can and cannot do, and how to mend it.",
        discussion: """
            Looks at the engines, the kernel, the profiles and the credentials that `run` would use, and says what the \
            store holds. With --deep, every blob of the store is hashed again and every layer's files are compared with \
            its blob; what is damaged is removed, because it can be downloaded or made again. Exit status 1 when \
            something has to be mended, or was damaged.

            EXAMPLES
              opencode-docker doctor
              opencode-docker doctor --deep
            """)

    @OptionGroup(title: "Console") var console: ConsoleOptions

    @Flag(help: "Read the whole store, and remove what is damaged. [environment: OPENCODE_DOCKER_DEEP=1]")
    var deep = false

    @Flag(
        name: [.long, .customShort("n")],
        help: "With --deep, only say what is damaged. [environment: OPENCODE_DOCKER_DRY_RUN=1]")
    var dryRun = false

    func run() async throws {
        let surroundings = Surroundings.current
        if deep { try PrivateNamespace.enter(surroundings) }
        let findings = await MachineCheck(surroundings: surroundings).findings()
        print(findings.text, terminator: "")
        let store = try Store(root: surroundings.storeFolder)
        let report = CleaningReport(items: try StoreInventory(store).items, victims: [])
        print("\nstore     \(store.root)\n\n\(report.text(surroundings.standardOutput))", terminator: "")
        let whole = deep ? try await isWhole(store, surroundings) : true
        if !whole || findings.contains(where: { $0.verdict == .bad }) { throw ExitStatusRequest(status: .no) }
    }

    /// Reads all of the store; `false` when something was damaged.
    private func isWhole(_ store: Store, _ surroundings: Surroundings) async throws -> Bool {
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
        guard result.findings.isEmpty else { return false }
        print("\n\(result.blobs) blobs and \(result.layers) layers are what they should be.")
        return true
    }
}
