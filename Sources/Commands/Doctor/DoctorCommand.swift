// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Engine
import Launching
import OCI
import StoreMaintenance

/// `doctor`: checks what this machine can do, what must be fixed, and the integrity of the store.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check this machine, and show how to fix problems.",
        discussion: """
            Checks the engines, the kernel, the profiles and the credentials that `run` would use, and shows the \
            contents of the store. With --deep, every blob of the store is verified against its digest and every \
            layer's files are compared with its blob; damaged entries are removed, because they can be downloaded or \
            built again. Exit status 1 when something must be fixed, or was damaged.

            With --report, the same as Markdown for an issue: versions, kernel, engines and settings. Values of \
            variables are shown only when they are keywords of this program; names, home and credentials are removed.

            EXAMPLES
              opencode-docker doctor
              opencode-docker doctor --deep
              opencode-docker doctor --report   for an issue, without secrets
              opencode-docker doctor --format json
            """)

    @OptionGroup(title: "Console") var console: ConsoleOptions

    @Flag(help: "Read the whole store, and remove damaged entries. [environment: OPENCODE_DOCKER_DEEP=1]")
    var deep = false

    @Flag(
        name: [.long, .customShort("n")],
        help: "With --deep, only show damaged entries. [environment: OPENCODE_DOCKER_DRY_RUN=1]")
    var dryRun = false

    @Flag(help: "Print a report for an issue, as Markdown, without secrets. [environment: OPENCODE_DOCKER_REPORT=1]")
    var report = false

    @Option(help: "The output format. [environment: OPENCODE_DOCKER_FORMAT]")
    var format = OutputFormat.text

    func validate() throws {
        if deep && (report || format == .json) { throw ValidationError("--deep supports neither --report nor JSON.") }
    }

    func run() async throws {
        let environment = CommandEnvironment.current
        if deep { try PrivateNamespace.enter(environment) }
        var image = ImageRequest()
        (image.stock, image.lock) = (environment.stockDefinition, try? environment.lockDigests(beside: nil))
        var findings = await MachineCheck(caller: environment.caller, image: image) {
            try environment.definitionDirectory(nil)
        }.findings()
        // A store that cannot be opened is one of the findings.
        let store = try? Store(root: environment.storeDirectory)
        let (items, trouble) = Self.inventory(of: store)
        findings += trouble
        try show(findings, items, environment)
        let whole = deep ? try await isWhole(Store(root: environment.storeDirectory), environment) : true
        if !whole || findings.contains(where: { $0.verdict == .bad }) { throw ExitStatusRequest(status: .no) }
    }

    /// The contents of the store, or why they cannot be read.
    private static func inventory(of store: Store?) -> (items: [StoreInventory.Item]?, trouble: [MachineFinding]) {
        guard let store else { return (nil, []) }
        do { return (try StoreInventory(store).items, []) } catch {
            let known = error as? any UserFacingError
            let what = "the store cannot be read: \(known?.sentence ?? "\(error)")"
            return (nil, [MachineFinding(verdict: .bad, what: what, fix: known?.hint)])
        }
    }

    private func show(_ findings: [MachineFinding], _ items: [StoreInventory.Item]?, _ environment: CommandEnvironment)
        throws
    {
        guard report || format == .json else {
            let terminal = environment.standardOutput
            let inventory = items.map { "\n\(CleaningReport(items: $0, victims: nil).text(terminal))" } ?? ""
            let place = "store     \(environment.storeDirectory)"
            return print("\(findings.text(terminal))\n\(place)\n\(inventory)", terminator: "")
        }
        let document = MachineReport(
            system: environment.system,
            findings: findings.map { .init(verdict: $0.verdict.rawValue, what: $0.what, fix: $0.fix) },
            environment: environment.variables,
            store: Dictionary((items ?? []).map { ($0.kind.rawValue, $0.bytes) }, uniquingKeysWith: +),
            redaction: environment.redaction)
        print(format == .json ? try CanonicalJSON.jsonValue(of: document).pretty() : document.markdown, terminator: "")
    }

    /// Verifies the whole store; returns `false` when something was damaged.
    private func isWhole(_ store: Store, _ environment: CommandEnvironment) async throws -> Bool {
        let result = try await console.withProgress(environment: environment.variables) { progress in
            try await StoreCheck(store: store, workers: environment.cores, removesDamaged: !dryRun)
                .run(progress: progress)
        }
        for finding in result.findings {
            print("\(dryRun ? "damaged" : "removed")   \(finding.path) \(finding.reason)".sanitized)
        }
        guard result.findings.isEmpty else { return false }
        print("\n\(result.blobs) blobs and \(result.layers) layers are intact.")
        return true
    }
}
