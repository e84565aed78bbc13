// SPDX-License-Identifier: Apache-2.0

import Engine
import Synchronization

/// Looks at every process of a container, again and again, while something else goes on in it.
final class ProcessWatch: Sendable {
    /// What was seen.
    private struct Seen {
        var excess: Set<String> = []
        var marked: [String: Set<ProcessIdentity>] = [:]
        var pending: [Pending: ContinuousClock.Instant] = [:]
        var hasEnded = false
    }

    /// Something that a process has, and may still lose.
    private struct Pending: Hashable {
        var process: Int32
        var surplus: Surplus
    }

    /// More than enough for a report, and a bound for a container that makes up new ones all the time.
    private static let limit = 64
    /// How long a process may be the runtime's own, which has more than the container, or on its way from root to a
    /// user.
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
    ///   - probe: The probe's file; its processes are remembered by the mark among their arguments.
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

    /// Looks until `end` is called or the task is cancelled.
    func run() async {
        while !seen.withLock({ $0.hasEnded }) {
            // A machine with many processes is not kept busy with this.
            let pause = max(.milliseconds(50), clock.measure(look) * 4)
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }

    /// Ends `run`.
    func end() { seen.withLock { $0.hasEnded = true } }

    /// Looks once more, and waits for what may pass.
    func settle() async {
        let deadline = clock.now + Self.timeout * 2
        repeat {
            look()
            do { try await Task.sleep(for: .milliseconds(50)) } catch { return }
        } while seen.withLock { !$0.pending.isEmpty } && clock.now < deadline
    }

    /// What processes had that none may have.
    var excess: [String] { seen.withLock { $0.excess.sorted() } }

    /// What processes of the probe with that mark had.
    func identities(of mark: String) -> Set<ProcessIdentity> { seen.withLock { $0.marked[mark] ?? [] } }

    private func look() {
        let found = processes.all().flatMap(look)
        let current = Set(found)
        seen.withLock { $0.pending = $0.pending.filter { current.contains($0.key) } }
    }

    /// Gives what may still pass. The program is asked for first: one of the image never becomes the runtime's again.
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

    /// Whether that has been so for too long.
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
