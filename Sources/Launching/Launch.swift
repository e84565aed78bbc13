// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import Run
import SystemPackage

/// Starts a container on a project, and waits for its end.
package struct Launch: Sendable {
    let request: LaunchRequest
    let engine: EngineChooser.Found
    let caller: Caller
    let console: LaunchConsole
    /// Nanoseconds since 1970, by the kernel's clock for file times.
    let clock: @Sendable () -> Int64

    /// Creates a launch.
    ///
    /// - Parameter clock: Nanoseconds since 1970, by the kernel's clock for file times.
    package init(
        _ request: LaunchRequest, on engine: EngineChooser.Found, caller: Caller, console: LaunchConsole,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.request = request
        self.engine = engine
        self.caller = caller
        self.console = console
        self.clock = clock
    }

    /// Checks that the engine can mount the project's directory and run with the caller's UID.
    ///
    /// - Throws: `LaunchError`.
    package func checkEngine() throws(LaunchError) {
        guard let dialect = engine.kind.dialect else {
            guard geteuid() == 0 else { throw .cannotBeCaller("the embedded engine of an ordinary user") }
            return
        }
        let address = EngineAddress(dialect, environment: caller.variables)
        guard address.isSocket else { throw .projectElsewhere(dialect.program, address.text) }
        if dialect == .docker && address.isOfUser { throw .cannotBeCaller("rootless Docker") }
    }

    /// Decides everything about the start, without side effects.
    ///
    /// - Parameter published: The image to start; `nil` for the custom one, or else that of the definition.
    /// - Throws: `RunError`, `BuildError.unknownImage`, errors of the definition, `FileError`.
    package func prepare(image published: LocalImage?) async throws -> Preparation {
        let image: LocalImage
        if let published { image = published } else { image = try await localImage() }
        return try Preparation(request, engine: engine.kind, image: image, caller: caller)
    }

    /// Starts the container, waits, and reports; returns the container's status.
    ///
    /// - Throws: `RunError`, `EngineError`, `FileError`; nothing was started then. `Interruption` when a signal arrived
    ///   before the container ran.
    package func run(_ preparation: Preparation) async throws -> Int32 {
        if let reason = engine.reason { console.say("Engine: \(engine.kind.rawValue). \(reason)") }
        if let emulation = try preparation.emulation() { console.say("The image is for \(emulation).") }
        preparation.introduce(to: console)
        await KilledContainers(caller).remove(console, concerning: preparation.identities)
        preparation.reportKilledRuns(console)
        let effects = try LaunchEffects(preparation, console: console)
        preparation.openFiles.restore()
        do { return try await run(preparation, effects) } catch {
            effects.end()
            guard error is EngineError else { throw SignalPassing.interruption ?? error }
            // The terminal sends a signal to the engine's programs as well, which may be faster.
            usleep(100_000)
            throw SignalPassing.received ?? error
        }
    }

    /// Starts the container, waits for its end, and reports.
    private func run(_ preparation: Preparation, _ effects: LaunchEffects) async throws -> Int32 {
        let start = Moment(before: clock())
        let baselines = preparation.baselines
        let record = try RunRecord(
            since: start, written: preparation.written, of: preparation.project.directory.identity,
            in: preparation.state, records: LaunchRecord.directory(of: geteuid()))
        let status: Int32
        do {
            let session = try Session(preparation, console, clock: clock)
            defer { session.remove() }
            try SignalPassing.check()
            status = try await preparation.start(effects, session: session, console: console, clock: clock)
            session.report(to: console)
        } catch {
            record.remove()
            throw error
        }
        for finding in effects.lostGuards() { console.warn(finding) }
        effects.end()
        ChangedFiles(preparation, console).report(since: start, baselines: baselines)
        if let line = preparation.continuation { console.say(line) }
        record.remove()
        return status
    }
}
