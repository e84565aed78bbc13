// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import SystemPackage

/// One look at a running container. Nothing here throws: what cannot be seen is missing, and the judge's business.
struct Observation: Sendable {
    let verifier: Verifier
    let subject: VerifySubject
    let container: any StartedContainer
    let progress: ProgressSink
    let fixtures: ProbeFixtures

    /// What was seen of a container without the probe.
    let plain: ProcessView

    /// A second container that runs at the same time, when it could be started.
    let peer: (any StartedContainer)?

    /// Everything, while the host looks at every process of the container.
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
        return results + view.results("") + plain.results("plain_") + plain.difference(from: view)
    }

    /// Everything, in an order in which no look disturbs the next: the health check is broken last.
    private func everything() async -> [ProbeResult] {
        let own = trusted(await ownProgram())
        let planted = await plantSecret()
        async let agent = observe("agent") { try await probed(fixtures.command(for: subject, .enter), .agent) }
        async let engine = observe("agent, by the engine") { try await probedByEngine() }
        async let root = observe("root") { try await probed(fixtures.command(for: subject, .engine), .root) }
        async let policies = everyPolicy()
        async let work = work()
        let tried = await agent + engine + root
        let inside = seenBeside(own + trusted(tried))
        let outside = await unseen(inside) + HostView(pid: container.pid).results + policies + work
        // Only now: a walk over the image's files must not meet what apt makes and removes.
        let installed = await installation()
        return await inside + outside + installed + planted + huntSecret(since: fixtures.mark) + health()
    }

    /// What the probe said, if it is the verifier's own that is mounted: else nothing, and nothing is red.
    private func trusted(_ results: [ProbeResult]) -> [ProbeResult] {
        if fixtures.isInPlace(container) { return results }
        progress(.warning("The probe is not where it was mounted. Nothing that it said counts."))
        return []
    }

    /// The user's view without any program of the image before the probe. It must agree with the one behind `enter`,
    /// which could be another program's; but the groups are the engine's choice.
    private func probedByEngine() async throws -> [ProbeResult] {
        guard subject.plan.userID == 0 else { return [] }
        let plan = ProcessPlan(
            arguments: fixtures.command(for: subject, .engine), environment: subject.plan.environment,
            uid: subject.userID, gid: subject.groupID, capabilities: subject.plan.profile.capabilities)
        let result = try await container.exec(plan, timeout: .seconds(30))
        return try ProbeOutput.parse(result.standardOutput, from: .agent).filter { $0.probe != "id.groups" }
    }

    /// Without another container that is known to be there, not to find it means nothing.
    private func seenBeside(_ results: [ProbeResult]) -> [ProbeResult] {
        guard let peer else { return results.filter { !$0.probe.hasPrefix("peer.") } }
        let shared = HostView(pid: container.pid).shared(with: peer.pid)
        return results + [ProbeResult("host.peer_ns", .host, .list(shared))]
    }

    /// Runs `body`; its failure is said, and costs the results it would have given.
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

    /// Runs `arguments` as that user, with what the profile gives them.
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

    /// What the container's own program, the probe behind the entrypoint, wrote: the user's view by way of `run`
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

    /// Directories that neither the user nor root could look into: nothing is known of their files.
    private func unseen(_ results: [ProbeResult]) -> [ProbeResult] {
        func unread(_ vantage: VantagePoint) -> Set<Substring>? {
            let all = results.filter { $0.probe == "img.unread" && $0.vantage == vantage }.map(\.outcome)
            guard case .value(let list) = all.first else { return nil }
            return Set(list == "none" ? [] : list.split(separator: ","))
        }
        guard let agent = unread(.agent), let root = unread(.root) else { return [] }
        return [ProbeResult("image.unseen", .host, .list(agent.intersection(root).map(String.init).sorted()))]
    }
}
