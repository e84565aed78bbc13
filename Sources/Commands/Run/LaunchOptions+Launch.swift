// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Launching
import OCI
import Run
import Trust

extension LaunchOptions {
    /// Starts the container, waits, reports, and ends the process with the container's status; with `--dry-run` prints
    /// the plan.
    ///
    /// - Throws: `RunError`, `CommandError`, `LaunchError`, `EngineError`, `FileError`; nothing was started then.
    func launch(_ command: [String]?) async throws {
        let environment = CommandEnvironment.current
        let engine = try await EngineChooser(environment: environment.variables).find(start.engine?.kind, .daemonFirst)
        let console = LaunchConsole.terminal(isQuiet: start.quiet)
        let launch = Launch(
            try request(command, environment), on: engine, caller: environment.caller, console: console,
            clock: CommandEnvironment.coarseClock)
        try launch.checkEngine()
        if engine.kind == .embedded { try PrivateNamespace.enter(environment) }
        let preparation = try await launch.onRepository(isAsking: !start.isDry).prepare(
            image: published(for: engine.kind, environment))
        guard !start.isDry else {
            print(try await preparation.printedPlan(asDocument: start.format == .json))
            if let remark = preparation.remarkOnCallerNames { console.say(remark) }
            return
        }
        do { Program.finish(try await launch.run(preparation)) } catch let interruption as Interruption {
            console.say("Interrupted before the container ran.")
            Program.finish(128 + interruption.signal)
        }
    }

    /// The image of the first repository in the trust file, verified, and pulled by digest when it is not local. `nil`
    /// when there is no trust file, or the options choose another image.
    ///
    /// - Throws: `TrustError`, `RegistryError`, `OCIError`, `ArchiveError`, `FileError`; nothing may be started then.
    private func published(for engine: EngineKind, _ environment: CommandEnvironment) async throws -> LocalImage? {
        guard start.userImage == nil, !start.base, let file = try trust.file(environment),
            let trusted = file.repositories.first
        else { return nil }
        let store = try Store(root: environment.storeDirectory)
        try store.holdUntilExit()
        let platform = try start.image().platform
        let pull = VerifiedPull(
            verifier: trust.verifier(of: trusted, for: platform, environment), store: store, platform: platform,
            settings: registries.settings(environment))
        let console = try ConsoleOptions.parse(start.quiet ? ["--quiet"] : [])
        return try await console.withProgress(environment: environment.variables) { progress in
            try await pull.localImage(of: trusted, for: engine, progress: progress)
        }
    }
}
