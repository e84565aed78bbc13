// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import Engine
import SystemPackage

/// Observes a running container. Nothing here throws: a failed observation is missing from the results, and the judge
/// reports it.
struct Observation: Sendable {
    let verifier: Verifier
    let subject: VerifySubject
    let container: any StartedContainer
    let progress: ProgressSink
    let fixtures: ProbeFixtures

    /// The observation of a container without the probe.
    let plain: ProcessView

    /// A peer container that runs at the same time; `nil` when it could not be started.
    let peer: (any StartedContainer)?

    /// All observations, while the host watches every process of the container.
    func watched() async -> [ProbeResult] {
        let processes = ContainerProcesses(container)
        let watch = ProcessWatch(
            processes, bounding: subject.plan.profile.capabilities.mask, rootIsAllowed: true, probe: fixtures.program,
            marks: ProbeStart.allCases.map(fixtures.mark))
        async let watching: Void = watch.run()
        let results = await everything()
        let view = await ProcessView(processes, watch, fixtures)
        watch.end()
        await watching
        return results + view.results(.probed) + plain.results(.plain) + plain.difference(from: view)
    }

    /// All observations, in an order in which none disturbs the next: the health check is broken last.
    private func everything() async -> [ProbeResult] {
        let own = trusted(await ownProgram())
        let planted = await plantSecret()
        async let agent = observe("agent") { try await probed(fixtures.command(for: subject, .enter), .agent) }
        async let engine = observe("agent, by the engine") { try await probedByEngine() }
        async let root = observe("root") { try await probedByRoot() }
        async let policies = everyPolicy()
        async let work = work()
        let tried = await agent + engine + root
        let inside = seenBeside(own + trusted(tried))
        let outside = await unseen(inside) + HostView(pid: container.pid).results + policies + work
        // Last, because the walk over the image's files must not run while apt creates and removes files.
        let installed = await installation()
        return await inside + outside + installed + planted + huntSecret(since: fixtures.mark) + health()
    }

    /// Returns the probe's results only if the mounted file is the verifier's own probe; without results, claims are
    /// red.
    private func trusted(_ results: [ProbeResult]) -> [ProbeResult] {
        if fixtures.isInPlace(container) { return results }
        progress(.warning("The probe was replaced in the container. Its results are ignored."))
        return []
    }

    /// The user's view with the probe started directly by the engine. It must agree with the results through `enter`,
    /// which could run another program; but the groups are the engine's choice.
    private func probedByEngine() async throws -> [ProbeResult] {
        guard subject.plan.userID == 0 else { return [] }
        let plan = ProcessPlan(
            arguments: fixtures.command(for: subject, .engine), environment: subject.plan.environment,
            uid: subject.userID, gid: subject.groupID, capabilities: subject.plan.profile.capabilities)
        let result = try await container.exec(plan, timeout: .seconds(30))
        return try ProbeOutput.parse(result.standardOutput, from: .agent).filter { $0.probe != .identity(.groups) }
    }

    /// Root's view. Modes of files are tried by the root of sudo: only the sudo server's processes have the filter
    /// against set-gid bits, and nobody in the container gets another root.
    private func probedByRoot() async throws -> [ProbeResult] {
        let command = fixtures.command(for: subject, .engine)
        let direct = try await probed(command, .root)
        guard subject.plan.profile.sudo else { return direct }
        let modes = Set(SetIDProbe.all)
        let asked = try await run(["sudo", "-n"] + command, as: .agent)
        return direct.filter { !modes.contains($0.probe) }
            + (try ProbeOutput.parse(asked.standardOutput, from: .root)).filter { modes.contains($0.probe) }
    }

    /// Returns the peer probes' results only if the peer is known to run: otherwise its absence proves nothing.
    private func seenBeside(_ results: [ProbeResult]) -> [ProbeResult] {
        guard let peer else { return results.filter { !PeerProbe.all.contains($0.probe) } }
        let shared = HostView(pid: container.pid).shared(with: peer.pid)
        return results + [ProbeResult(.host(.peerNs), .host, .list(shared))]
    }

    /// Runs `body`; a failure is reported as a warning, and its results are missing.
    func observe(_ what: String, _ body: () async throws -> [ProbeResult]) async -> [ProbeResult] {
        do {
            let results = try await body()
            progress(.advanced(step: "verify", by: UInt64(results.count), detail: what))
            return results
        } catch let error as any UserFacingError {
            progress(.warning("\(what): \(error.sentence)"))
        } catch {
            progress(.warning("\(what): \(error)"))
        }
        return []
    }

    /// Runs `arguments` as the user or as root, with the profile's capabilities.
    func run(
        _ arguments: [String], as vantage: VantagePoint, input: [UInt8] = [], timeout: Duration = .seconds(30)
    ) async throws -> ProcessResult {
        try await container.exec(
            verifier.process(arguments, as: vantage, in: container, of: subject), input: input, limit: 1 << 24,
            timeout: timeout)
    }

    private func probed(_ command: [String], _ vantage: VantagePoint) async throws -> [ProbeResult] {
        try ProbeOutput.parse(try await run(command, as: vantage).standardOutput, from: vantage)
    }

    /// The output of the container's own program, the probe behind the entrypoint: the user's view through `run`
    /// instead of `exec`. Both must agree.
    private func ownProgram() async -> [ProbeResult] {
        await observe("the container's own program") {
            for _ in 0..<1000 {
                let lines = try await container.output(limit: 1 << 20).split(separator: UInt8(ascii: "\n"))
                if lines.last.map({ Array($0) }) == Array("waiting".utf8) {
                    let results = lines.filter { $0.starts(with: Array("{\"id\":".utf8)) }
                    return try ProbeOutput.parse(Array(results.joined(separator: [UInt8(ascii: "\n")])), from: .agent)
                }
                try await Task.sleep(for: .milliseconds(10))
            }
            return []
        }
    }

    /// Directories that neither the user nor root could read: their files are unknown.
    private func unseen(_ results: [ProbeResult]) -> [ProbeResult] {
        func unread(_ vantage: VantagePoint) -> Set<Substring>? {
            let all = results.filter { $0.probe == .imageFile(.unread) && $0.vantage == vantage }.map(\.outcome)
            guard case .value(let list) = all.first else { return nil }
            return Set(list == "none" ? [] : list.split(separator: ","))
        }
        guard let agent = unread(.agent), let root = unread(.root) else { return [] }
        return [ProbeResult(.image(.unseen), .host, .list(agent.intersection(root).map(String.init).sorted()))]
    }
}
