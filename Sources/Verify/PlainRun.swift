// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage

/// A container exactly as a user gets it, without the verifier's fixtures, observed from the host alone: it detects an
/// image that behaves only when the probe is present.
struct PlainRun: Sendable {
    /// The maximum time for starting a command.
    private static let timeout = Duration.seconds(20)

    let verifier: Verifier
    let subject: VerifySubject
    let ended: Ended
    let progress: ProgressSink

    /// Observes a container of `plan`. Failed observations are missing.
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

    /// A random sleep duration of nine digits, which identifies a process and is valid for every sleep(1).
    private static func number() -> String { String(Int.random(in: 100_000_000...999_999_999)) }

    /// Observes two commands: one behind the entrypoint, as `run` starts it, and one from a shell entered into the
    /// container.
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

    /// Starts a shell as the user, which reads its command from standard input; it ends with the container.
    private func enter(_ container: any StartedContainer, _ number: String) async {
        let shell = verifier.process(["/bin/sh"], as: .agent, in: container, of: subject)
        _ = try? await container.exec(
            shell, input: Array("exec sleep \(number)\n".utf8), limit: 1 << 16, timeout: .seconds(60))
    }

    /// The processes with that number among their arguments, as soon as the command itself is one of them.
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
