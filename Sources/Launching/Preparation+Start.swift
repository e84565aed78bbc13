// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import Run
import Synchronization
import SystemPackage

extension Preparation {
    /// Runs the container until it ends and returns its exit status.
    ///
    /// - Parameter clock: Nanoseconds since 1970.
    /// - Throws: `EngineError`, `OCIError`, `FileError`.
    func start(
        _ effects: LaunchEffects, session: Session, console: LaunchConsole, clock: @escaping @Sendable () -> Int64
    ) async throws -> Int32 {
        var plan = plan
        plan.environment += session.environment
        plan.labels[LauncherMark.label] = try LauncherMark.own().text
        let execution = image.execution
        var container = plan.container(
            of: execution, trees: image.trees, mounts: effects.mounts + session.mounts)
        let variables = try UserVariableFile(plan.userEnvironment, for: plan.engine, caller)
        defer { variables?.remove() }
        if let variables { container = variables.given(to: container, behind: execution.entrypoint.count) }
        // The supervisor is in front of the shell that reads the variables, so they do not reach it.
        let terminal = plan.terminal ? SupervisedTerminal(caller, console) : nil
        defer { terminal?.remove() }
        if let terminal { container = terminal.supervising(container, entrypoint: execution.entrypoint) }
        // Runtimes refuse a root file system behind a symbolic link.
        let scratch = (RealPath.of(image.store.root) ?? image.store.root).appending("run")
        let record = try KilledContainers(caller).record(
            plan.engine, scratch: scratch, repositories: effects.repositories)
        defer { if !effects.isAbandoned { record.remove() } }
        defer { SignalPassing.end() }
        let observer = EndObserver(clock: clock)
        let client = try await start(container, effects, scratch, console, observer)
        let status = terminal?.status(of: client) ?? client
        let facts = observer.facts(status, of: plan, directories: [project.directory.path, state.path])
        if let cause = facts.sentence { console.warn(cause) }
        return status
    }

    private func start(
        _ container: ContainerPlan, _ effects: LaunchEffects, _ scratch: FilePath, _ console: LaunchConsole,
        _ observer: EndObserver
    ) async throws -> Int32 {
        switch plan.engine {
        case .embedded: try await embedded(container, scratch, observer, console)
        case .docker: try await commandLine(.docker, container, effects, console, observer)
        case .podman: try await commandLine(.podman, container, effects, console, observer)
        }
    }

    private func embedded(
        _ container: ContainerPlan, _ scratch: FilePath, _ observer: EndObserver, _ console: LaunchConsole
    ) async throws -> Int32 {
        let engine = try await EmbeddedEngine.find(scratch: scratch)
        let signalled = SignalledContainer()
        SignalPassing.begin(repeating: 8) { signalled.kill() }
        let copy = isatty(STDOUT_FILENO) == 1 ? nil : try OutputCopy { console.warn(Self.dropped($0)) }
        defer { copy?.finish { SignalPassing.isEnding } }
        let status = try await engine.run(
            container, output: .inherit(output: copy?.writer), limits: observer.limits,
            started: { signalled.started($0) }
        ) { upper, status in
            observer.examine(upper)
            return status
        }
        copy?.finish { SignalPassing.isEnding }
        return status == 0 && copy?.failure != nil ? ExitStatus.broken.rawValue : status
    }

    private static func dropped(_ errno: Errno) -> String {
        "Cannot write to standard output: \(errno). The rest of the container's output is dropped."
    }

    private func commandLine(
        _ dialect: CommandLineDialect, _ container: ContainerPlan, _ effects: LaunchEffects, _ console: LaunchConsole,
        _ observer: EndObserver
    ) async throws -> Int32 {
        let program = dialect.program
        let variables = engineEnvironment
        guard ExternalProgram.find(program, path: variables["PATH"]) != nil else {
            throw EngineError.engineMissing(dialect.kind)
        }
        let remove: @Sendable () -> Void = {
            // Podman's rm first asks with SIGTERM, and waits ten seconds more.
            for words in (dialect == .podman ? [["kill"]] : []) + [["rm", "--force"]] {
                _ = try? ExternalProgram(named: program, words + [container.name], environment: variables).run()
            }
        }
        SignalPassing.begin(repeating: 1, force: remove)
        if effects.isStaged { releaseWhenStarted(effects, dialect, container.name) }
        let status = try await foreground(dialect, container, effects, console, observer)
        observer.ask(dialect, status: status, environment: variables)
        if let explained = try await explain(status, dialect, observer, console) { return explained }
        if status != 0 { LeftContainer(dialect, container.name, variables).end(effects, console, by: remove) }
        return status
    }

    /// Removes the assembled trees from the host as soon as the container has mounted them: until then they prevent
    /// programs of the host from renaming guarded files.
    private func releaseWhenStarted(_ effects: LaunchEffects, _ dialect: CommandLineDialect, _ name: String) {
        let variables = engineEnvironment
        BackgroundThread.detach {
            for attempt in 1...200 {
                usleep(UInt32(min(attempt, 10)) * 50_000)
                let question = ["container", "inspect", "--format", "{{.State.Status}}", name]
                guard let answer = ExternalProgram.output(of: dialect.program, question, environment: variables) else {
                    continue
                }
                let status = String(decoding: answer, as: UTF8.self)
                if status.hasPrefix("running") || status.hasPrefix("exited") { return effects.release() }
            }
        }
    }

    /// Runs the engine's command line on the caller's terminal.
    private func foreground(
        _ dialect: CommandLineDialect, _ container: ContainerPlan, _ effects: LaunchEffects, _ console: LaunchConsole,
        _ observer: EndObserver
    ) async throws -> Int32 {
        let status = try await execute(dialect, container, effects, console, observer, forgetting: false)
        guard status == 125, case .store = image.origin,
            let engine = try? await CommandLineEngine.find(dialect, environment: engineEnvironment),
            try await engine.image(try await identifier(dialect, forgetting: false, console)) == nil
        else { return status }
        console.say("The image was removed meanwhile.")
        return try await execute(dialect, container, effects, console, observer, forgetting: true)
    }

    private func execute(
        _ dialect: CommandLineDialect, _ container: ContainerPlan, _ effects: LaunchEffects, _ console: LaunchConsole,
        _ observer: EndObserver, forgetting: Bool
    ) async throws -> Int32 {
        let id = try await identifier(dialect, forgetting: forgetting, console)
        let directory = try StartDirectory(
            of: container, for: dialect, mountCheck: effects.check?.program(for: plan.user),
            caller)
        defer { directory.remove() }
        var settings = try settings(dialect, image: id, directory.passing)
        let network = try await openNetwork(dialect, container, console)
        defer { network?.remove() }
        settings.networkName = network?.name
        settings.identifierFile = directory.identifierFile
        let arguments = try EngineArguments(dialect).run(directory.plan, settings)
        try SignalPassing.check()
        let child = try ExternalProgram(named: dialect.program, arguments, environment: engineEnvironment)
            .start(input: .own, output: .own, error: .own, inheriting: effects.lockDescriptors)
        SignalPassing.pass(to: child.pid)
        observer.begin(dialect, directory.identifierFile)
        defer { SignalPassing.pass(to: 0) }
        return await child.ended()
    }

    func identifier(_ dialect: CommandLineDialect, forgetting: Bool, _ console: LaunchConsole) async throws
        -> String
    {
        let address = ["DOCKER_HOST", "DOCKER_CONTEXT", "CONTAINER_HOST", "HOME"].map {
            caller.variable($0) ?? ""
        }
        return try await image.identifier(
            in: dialect, place: address.joined(separator: "\n"), environment: engineEnvironment,
            forgetting: forgetting, say: console.say)
    }

    func settings(
        _ dialect: CommandLineDialect, image id: String, _ variables: VariablePassing, writing: Bool = true
    ) throws -> ContainerSettings {
        let isMapped = dialect == .podman && getuid() != 0
        return ContainerSettings(
            image: id, seccompFile: try seccompFile(writing: writing),
            userMapping: isMapped ? .caller(uid: plan.user.userID, gid: plan.user.groupID) : .engine,
            attachment: .caller(input: true), removesItself: true, variables: variables)
    }

    /// The seccomp filter as a permanent file, so that a printed command line stays usable.
    private func seccompFile(writing: Bool) throws -> FilePath? {
        guard let filter = plan.profile.seccomp else { return nil }
        let directory = image.store.root.appending("run")
        let file = directory.appending("seccomp-\(Digest(of: filter).hex.prefix(16)).json")
        guard writing else { return file }
        try Files.makeDirectories(directory)
        if (try? Files.read(file, limit: 1 << 22)) != filter { try Files.write(filter, to: file) }
        return file
    }
}

/// The embedded engine's container, for a thread that may have to stop it.
private final class SignalledContainer: Sendable {
    private let container = Mutex<ForegroundContainer?>(nil)

    /// Stores the started container.
    func started(_ started: ForegroundContainer) {
        container.withLock { $0 = started }
        SignalPassing.pass(to: started.process)
    }

    /// Kills the container, if it was started.
    func kill() { container.withLock { $0 }?.kill() }
}
