// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import ImageDefinition
import Run
import SystemPackage

/// Starts a container on a project from the command line, and waits for its end.
struct Launch: Sendable {
    let options: LaunchOptions
    let command: [String]?
    let environment: CommandEnvironment

    /// Starts the container, waits, reports, and ends the process with the container's status.
    ///
    /// - Throws: `RunError`, `CommandError`, `EngineError`, `FileError`; nothing was started then.
    func run() async throws {
        let engine = try await EngineChooser(environment: environment).find(options.start.engine, .daemonFirst)
        try check(engine.kind)
        if engine.kind == .embedded { try PrivateNamespace.enter(environment) }
        let published = try await LocalImage.published(options, engine: engine.kind, environment)
        let openFiles = OpenFileLimit()
        let preparation = try Preparation(self, engine: engine.kind, image: published)
        if options.start.isDry { return try await printed(preparation) }
        let console = LaunchConsole(isQuiet: options.start.quiet)
        if let reason = engine.reason { console.say("Engine: \(engine.kind.rawValue). \(reason)") }
        if let emulation = try preparation.emulation() { console.say("The image is for \(emulation).") }
        console.begin(preparation, firstTimeMark: environment.stateDirectory.appending("welcomed"))
        await KilledContainers(environment).remove(console, concerning: preparation.identities)
        preparation.reportKilledRuns(console)
        let effects = try LaunchEffects(preparation, console: console)
        openFiles.restore()
        let status: Int32
        do { status = try await run(preparation, effects, console) } catch {
            effects.end()
            throw error
        }
        Program.finish(status)
    }

    /// Starts the container, waits for its end, and reports.
    private func run(_ preparation: Preparation, _ effects: LaunchEffects, _ console: LaunchConsole) async throws
        -> Int32
    {
        let start = Moment(before: CommandEnvironment.coarseClock())
        let baselines = preparation.baselines
        let record = try RunRecord(
            since: start, written: preparation.written, of: preparation.directories.project.directory.identity,
            in: preparation.state, records: LaunchRecord.directory(of: geteuid()))
        let status: Int32
        do {
            let session = try Session(preparation, environment, console)
            defer { session.remove() }
            status = try await preparation.start(effects, session: session, console: console)
            session.report(to: console)
        } catch {
            record.remove()
            throw error
        }
        for finding in effects.lostGuards() { console.warn(finding) }
        effects.end()
        console.end(preparation, since: start, baselines: baselines)
        record.remove()
        return status
    }

    /// Checks that the engine can mount the project's directory and run with the caller's UID.
    ///
    /// - Throws: `CommandError.cannotBeCaller`, `.projectElsewhere`.
    private func check(_ engine: EngineKind) throws {
        guard let dialect = engine.dialect else {
            guard geteuid() == 0 else { throw CommandError.cannotBeCaller("the embedded engine of an ordinary user") }
            return
        }
        let address = EngineAddress(dialect, environment: environment.variables)
        guard address.isSocket else { throw CommandError.projectElsewhere(dialect.program, address.text) }
        if dialect == .docker && address.isOfUser { throw CommandError.cannotBeCaller("rootless Docker") }
    }

    /// Prints the planned start.
    private func printed(_ preparation: Preparation) async throws {
        print(try await preparation.printedPlan(options.start.format))
        if let remark = preparation.remarkOnCallerNames { LaunchConsole(isQuiet: options.start.quiet).say(remark) }
    }
}

/// The messages to the user around a run.
struct LaunchConsole: Sendable {
    let isQuiet: Bool

    func say(_ line: String) {
        if !isQuiet { StandardError.write("opencode-docker: \(line.sanitized)\n") }
    }

    func warn(_ line: String) { StandardError.write("opencode-docker: warning: \(line.sanitized)\n") }

    /// Prints the introduction at the first start, the provided credentials, and the weakened settings.
    func begin(_ preparation: Preparation, firstTimeMark mark: FilePath) {
        if !Files.exists(mark) {
            for line in Welcome.lines(isOpen: preparation.plan.profile.network != .none) {
                StandardError.write("  \(line)\n")
            }
            try? Files.makeDirectories(mark.removingLastComponent())
            try? Files.write([], to: mark)
        }
        for line in preparation.credentials.lines { say(line) }
        for line in preparation.weakenings { warn(line) }
        let remarks = preparation.guarding.remarks
        for remark in remarks.prefix(5) { warn(remark) }
        if remarks.count > 5 { warn("\(remarks.count - 5) more nested repositories are not guarded") }
        if let line = Self.readOnly(preparation.guarding.named) { say(line) }
        if !preparation.guarding.repositories.isEmpty {
            say(
                "During this run, use `opencode-docker git-config` instead of `git config` and `git remote`."
            )
        }
        if let warning = preparation.plan.user.warning { warn(warning) }
        if case .personal = preparation.credentials.ssh {
            let told = mark.removingLastComponent().appending("warned-of-personal-key")
            if !Files.exists(told) { warn(SSHAccess.warning) }
            try? Files.write([], to: told)
        }
    }

    private static func readOnly(_ named: [(place: FilePath, key: String)]) -> String? {
        guard !named.isEmpty else { return nil }
        let texts = Dictionary(grouping: named, by: \.place).values
            .compactMap(\.first).map { "'\($0.place)' (\($0.key))" }.sorted()
        let more = texts.count > 3 ? " and \(texts.count - 3) more" : ""
        return "Read-only, because a git configuration names it: \(texts.prefix(3).joined(separator: ", "))\(more)."
    }
}
