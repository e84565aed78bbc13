// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage

/// A container as a user gets it, with nothing of the verifier in it, looked at from the host alone: an image that
/// behaves only when it sees the probe is found out by what it does without.
struct PlainRun: Sendable {
    /// How long the image may take to start a command.
    private static let timeout = Duration.seconds(20)

    let verifier: Verifier
    let subject: VerifySubject
    let ended: Ended
    let progress: ProgressSink

    /// What is seen of a container of `plan`. What cannot be seen is missing.
    func look(_ plan: ContainerPlan) async -> ProcessView {
        let numbers = [Self.number(), Self.number()]
        var plan = plan
        plan.arguments = subject.entrypoint + ["sleep", numbers[0]]
        do {
            return try await verifier.engine.launch(plan) { container in
                ended.note(container)
                return await look(at: container, numbers)
            }
        } catch let error as any UserFacingError {
            progress(.warning("without the probe: \(error.sentence)"))
        } catch {
            progress(.warning("without the probe: \(error)"))
        }
        return ProcessView()
    }

    /// A number of seconds that tells a process from others: nine digits, which every sleep(1) understands.
    private static func number() -> String { String(Int.random(in: 100_000_000...999_999_999)) }

    /// Two commands: one behind the entrypoint, as `run` starts it, and one from a shell that was entered.
    private func look(at container: any StartedContainer, _ numbers: [String]) async -> ProcessView {
        let processes = ContainerProcesses(container)
        let watch = ProcessWatch(
            processes, bounding: subject.plan.profile.capabilities.mask, rootIsAllowed: subject.plan.userID == 0)
        async let watching: Void = watch.run()
        async let shell: Void = enter(container, numbers[1])
        var view = ProcessView()
        view.user = await sleeping(processes, numbers[0])
        view.exec = await sleeping(processes, numbers[1])
        await watch.settle()
        view.first = Set([processes.identity(of: container.pid)].compactMap(\.self))
        view.excess = watch.excess
        watch.end()
        _ = try? await container.stop(signal: SIGKILL, grace: .zero)
        await watching
        await shell
        return view
    }

    /// A shell of the user's, told by its input what to do; it ends with the container.
    private func enter(_ container: any StartedContainer, _ number: String) async {
        let shell = verifier.process(["/bin/sh"], as: .agent, in: container, of: subject)
        _ = try? await container.exec(
            shell, input: Array("exec sleep \(number)\n".utf8), limit: 1 << 16, timeout: .seconds(60))
    }

    /// Every process that has that number among its arguments, as soon as one of them is the command itself.
    private func sleeping(_ processes: ContainerProcesses, _ number: String) async -> Set<ProcessIdentity> {
        let clock = ContinuousClock()
        let deadline = clock.now + Self.timeout
        while clock.now < deadline {
            let found = processes.all().filter { processes.arguments(of: $0).contains(number) }
            if found.contains(where: { processes.name(of: $0) == "sleep" }) {
                return Set(found.compactMap(processes.identity))
            }
            do { try await Task.sleep(for: .milliseconds(20)) } catch { break }
        }
        progress(.warning("without the probe: a command was not started."))
        return []
    }
}
