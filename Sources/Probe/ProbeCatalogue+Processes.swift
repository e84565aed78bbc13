// SPDX-License-Identifier: Apache-2.0

import Claims
import Glibc

extension ProbeCatalogue {
    /// Every process of the container, not only this one, as C08 and C09 claim.
    static let processes: [Probe] = [
        Probe(.process(.pid1)) { _ in .value(lines(of: "/proc/1/comm")?.first.map(String.init) ?? "unknown") },
        Probe(.process(.pid1Uid)) { _ in .value(field("Uid", of: "/proc/1/status") ?? "unknown") },
        Probe(.process(.pid1Capeff)) { _ in .value(field("CapEff", of: "/proc/1/status") ?? "unknown") },
        Probe(.process(.pid1Environ)) { _ in opening("/proc/1/environ", O_RDONLY) },
        Probe(.process(.capbnd)) { _ in distinct("CapBnd") },
        Probe(.process(.capprm)) { _ in distinct("CapPrm") },
        Probe(.process(.capinh)) { _ in distinct("CapInh") },
        Probe(.process(.capamb)) { _ in distinct("CapAmb") },
        Probe(.process(.nnp)) { _ in distinct("NoNewPrivs") },
        Probe(.process(.seccomp)) { _ in distinct("Seccomp") },
        // Processes of the host have no PID here: a PID namespace has no kernel threads (PPID 2).
        Probe(.process(.foreign)) { _ in
            ProbeOutcome(
                list: identifiers().filter {
                    field("PPid", of: "/proc/\($0)/status") == "2" || $0 == "2" && isKernelThread()
                })
        },
    ]

    private static func isKernelThread() -> Bool { lines(of: "/proc/2/comm")?.first == "kthreadd" }

    private static func identifiers() -> [String] {
        (names(in: "/proc") ?? []).filter { $0.utf8.allSatisfy { (48...57).contains($0) } }
    }

    /// The distinct values of a status field over all processes, sorted. A process that the runtime is starting still
    /// has the runtime's privileges: it gets two seconds to drop them, and then counts.
    private static func distinct(_ name: String) -> ProbeOutcome {
        var values: [String] = []
        for _ in 0..<40 {
            let processes = identifiers().map { "/proc/\($0)" }
            let starting = processes.contains { lines(of: "\($0)/comm")?.first?.hasPrefix("runc:[") ?? false }
            // A process that is being killed by its filter has the mode 3 (SECCOMP_MODE_DEAD, Linux 5.17).
            let dying = name == "Seccomp" ? "3" : nil
            values = Set(processes.compactMap { field(name, of: "\($0)/status") }.filter { $0 != dying }).sorted()
            if !starting { break }
            usleep(50_000)
        }
        return ProbeOutcome(list: values)
    }
}
