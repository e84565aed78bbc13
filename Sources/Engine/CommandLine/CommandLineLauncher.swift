// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// Starts containers of one image with Docker or Podman, as `EmbeddedEngine` starts them from directories.
package struct CommandLineLauncher: ContainerEngine {
    /// The engine.
    package let engine: CommandLineEngine
    /// The image and how its containers are started.
    package let settings: ContainerSettings
    /// The directory for files that are mounted into containers temporarily.
    package let scratch: FilePath
    /// The limits of the machine and the engine.
    package let host: HostFacts
    /// The facts that the engine reports.
    package let facts: [String: String]

    /// Docker or Podman.
    package var kind: EngineKind { engine.kind }

    /// A launcher that keeps its files below `scratch`. It first removes the containers of killed launchers.
    ///
    /// - Throws: `EngineError`, `FileError`.
    package init(engine: CommandLineEngine, settings: ContainerSettings, scratch: FilePath) async throws {
        self.engine = engine
        self.settings = settings
        self.scratch = scratch
        let machine = try HostFacts.current()
        let about = try await engine.information()
        host = HostFacts(cgroups: machine.cgroups, rootless: about.isRootless, processors: machine.processors)
        facts = about.facts.merging(["limits": host.limits(of: engine.kind)]) { told, _ in told }
        try Files.makeDirectories(scratch)
        try await engine.reap()
    }

    /// Starts `plan` under a unique name, labeled with this launcher, for the duration of `body`.
    ///
    /// - Throws: `EngineError`, `FileError`, and what `body` throws.
    package func launch<Result>(
        _ plan: ContainerPlan, _ body: (any StartedContainer) async throws -> Result
    ) async throws -> Result {
        guard !plan.terminal else { throw EngineError.terminalNotInherited }
        let directory = scratch.appending("launch-\(Files.uniqueSuffix())")
        try Files.makeDirectories(directory)
        defer { try? Files.removeTree(directory) }
        var settings = settings
        settings.variables = .file(directory.appending("variables"))
        try Files.write(
            try VariableFile(plan.environment).lines, to: directory.appending("variables"), mode: [.ownerReadWrite])
        if let filter = plan.profile.seccomp {
            settings.seccompFile = directory.appending("seccomp.json")
            try Files.write(filter, to: directory.appending("seccomp.json"))
        }
        var marked = plan
        marked.name = "\(plan.name)-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        marked.labels[LauncherMark.label] = try LauncherMark.own().text
        let network = try await openNetwork(for: marked)
        defer { network?.remove() }
        if let name = network?.name { settings.networkName = name }
        let started = try await start(marked, settings)
        do {
            let result = try await body(started)
            started.remove()
            return result
        } catch {
            started.remove()
            throw error
        }
    }

    /// Returns the network that `run` would connect the container to; `nil` without a network, or when the settings
    /// name one.
    private func openNetwork(for plan: ContainerPlan) async throws -> OpenNetwork? {
        guard plan.hasOpenNetwork, settings.networkName == nil else { return nil }
        return try await OpenNetwork(for: plan.name, on: engine, isRootless: host.rootless)
    }

    /// Starts the container and finds its first process.
    private func start(_ plan: ContainerPlan, _ settings: ContainerSettings) async throws -> CommandLineContainer {
        let arguments = try EngineArguments(engine.dialect).run(plan, settings)
        do {
            let answer = try await engine.must(arguments)
            let id = String(decoding: answer.standardOutput.filter { $0 > 32 }, as: UTF8.self)
            let pid = try await engine.inspect(id, "{{.State.Pid}}")
            let container = CommandLineContainer(engine: engine, plan: plan, id: id, pid: Int32(pid) ?? 0)
            do { try container.checkPlace() } catch {
                guard try await engine.inspect(id, "{{.State.Running}}") == "true" else {
                    throw EngineError.endedEarly(name: plan.name, status: try await container.wait())
                }
                throw error
            }
            return container
        } catch {
            // The container exists even when it could not be started.
            engine.removeNow(plan.name)
            throw error
        }
    }

    /// The network's files, and Podman's marker file, which it mounts over the image's.
    package func ownMounts(_ plan: ContainerPlan) -> [String] {
        let mode = plan.profile.readOnlyRoot ? "ro" : "rw"
        let files = ["/etc/resolv.conf", "/etc/hostname", "/etc/hosts"]
        let marks = engine.dialect == .podman ? ["/run/.containerenv"] : []
        let targets = Set(plan.mounts.map(\.target))
        return (files + marks).filter { !targets.contains($0) }.map { "\($0):\(mode)" }
    }

    /// Queries the engine and checks this machine.
    package func remains(of trace: ContainerTrace) async -> ContainerRemains {
        var remains = ContainerRemains()
        if kill(trace.pid, 0) == 0 { remains.container.append("its first process runs") }
        if (try? await engine.inspect(trace.identifier, "{{.Id}}")) != nil {
            remains.container.append("the engine still knows it")
        }
        remains.controlGroups = ControlGroups.named { $0.hasSuffix(trace.identifier) }
        remains.mounts = OwnMounts.mentioning(trace.identifier)
        return remains
    }
}
