// SPDX-License-Identifier: Apache-2.0

import Engine
import Synchronization

/// Inspects every process of a container repeatedly, in parallel with other observations.
final class ProcessWatch: Sendable {
    /// The observations.
    private struct Seen {
        var excess: Set<String> = []
        var marked: [String: Set<ProcessIdentity>] = [:]
        var pending: [Pending: ContinuousClock.Instant] = [:]
        var hasEnded = false
    }

    /// A forbidden privilege that a process may still drop.
    private struct Pending: Hashable {
        var process: Int32
        var surplus: Surplus
    }

    /// The maximum number of entries, because a container can produce new ones endlessly.
    private static let limit = 64
    /// The maximum time in which a process may still have the runtime's privileges, or be changing from root to a user.
    private static let timeout = Duration.seconds(2)

    private let processes: ContainerProcesses
    private let bounding: UInt64
    private let rootIsAllowed: Bool
    private let probe: ImageFileIdentity?
    private let marks: [String]
    private let seen = Mutex(Seen())
    private let clock = ContinuousClock()

    /// - Parameters:
    ///   - bounding: The capabilities of the profile.
    ///   - rootIsAllowed: Whether a process may be root at all.
    ///   - probe: The probe's file; its processes are recorded by the mark among their arguments.
    init(
        _ processes: ContainerProcesses, bounding: UInt64, rootIsAllowed: Bool, probe: ImageFileIdentity? = nil,
        marks: [String] = []
    ) {
        self.processes = processes
        self.bounding = bounding
        self.rootIsAllowed = rootIsAllowed
        self.probe = probe
        self.marks = marks
    }

    /// Watches until `end` is called or the task is cancelled.
    func run() async {
        while !seen.withLock({ $0.hasEnded }) {
            // The pause limits the load on a machine with many processes.
            let pause = max(.milliseconds(50), clock.measure(look) * 4)
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }

    /// Ends `run`.
    func end() { seen.withLock { $0.hasEnded = true } }

    /// Inspects once more, and waits until temporary privileges are gone.
    func settle() async {
        let deadline = clock.now + Self.timeout * 2
        repeat {
            look()
            do { try await Task.sleep(for: .milliseconds(50)) } catch { return }
        } while seen.withLock { !$0.pending.isEmpty } && clock.now < deadline
    }

    /// The forbidden privileges of processes.
    var excess: [String] { seen.withLock { $0.excess.sorted() } }

    /// The identities of the probe's processes with that mark.
    func identities(of mark: String) -> Set<ProcessIdentity> { seen.withLock { $0.marked[mark] ?? [] } }

    private func look() {
        let found = processes.all().flatMap(look)
        let current = Set(found)
        seen.withLock { $0.pending = $0.pending.filter { current.contains($0.key) } }
    }

    /// Returns privileges that may still be dropped. The executable is checked first: a process that runs a program of
    /// the image never becomes the runtime's again.
    private func look(at process: Int32) -> [Pending] {
        let hasStarted = processes.hasStarted(process)
        let mark = hasStarted ? mark(of: process) : nil
        guard let identity = processes.identity(of: process) else { return [] }
        let excess = identity.excess(over: bounding, rootIsAllowed: rootIsAllowed)
        let name = excess.isEmpty ? "" : processes.name(of: process)
        return seen.withLock { seen in
            if let mark, seen.marked[mark, default: []].count < Self.limit {
                seen.marked[mark, default: []].insert(identity)
            }
            return excess.compactMap { surplus in
                let pending = Pending(process: process, surplus: surplus)
                let passes = (surplus.mayPass || !hasStarted) && !isLate(pending, &seen)
                if !passes, seen.excess.count < Self.limit { seen.excess.insert("\(name): \(surplus)") }
                return passes ? pending : nil
            }
        }
    }

    /// Returns whether the privilege was held for too long.
    private func isLate(_ pending: Pending, _ seen: inout Seen) -> Bool {
        guard let began = seen.pending[pending] else {
            seen.pending[pending] = clock.now
            return false
        }
        return clock.now - began >= Self.timeout
    }

    private func mark(of process: Int32) -> String? {
        guard let probe, processes.program(of: process) == probe else { return nil }
        let arguments = processes.arguments(of: process)
        return marks.first { arguments.contains($0) }
    }
}
