// SPDX-License-Identifier: Apache-2.0

import Claims
import Glibc

extension ProbeCatalogue {
    /// The credentials and privileges of the process (proc(5), capabilities(7)).
    static let identity: [Probe] =
        [
            Probe(.identity(.uid)) { _ in .value(field("Uid", of: "/proc/self/status") ?? "unknown") },
            Probe(.identity(.gid)) { _ in .value(field("Gid", of: "/proc/self/status") ?? "unknown") },
            Probe(.identity(.groups)) { _ in .value(field("Groups", of: "/proc/self/status") ?? "unknown") },
            Probe(.identity(.nnp)) { _ in .value(field("NoNewPrivs", of: "/proc/self/status") ?? "unknown") },
            Probe(.identity(.seccomp)) { _ in .value(field("Seccomp", of: "/proc/self/status") ?? "unknown") },
            Probe(.identity(.seccompFilters)) { _ in
                .value(field("Seccomp_filters", of: "/proc/self/status") ?? "unknown")
            },
            Probe(.identity(.lsm)) { _ in .value(lines(of: "/proc/self/attr/current")?.first.map(String.init) ?? "none")
            },
            Probe(.identity(.uidmap)) { _ in
                let words = lines(of: "/proc/self/uid_map")?.first?.split(separator: " ") ?? []
                return .value(words.joined(separator: " "))
            },
            Probe(.identity(.shadow)) { _ in opening("/etc/shadow", O_RDONLY) },
            Probe(.identity(.passwd)) { _ in passwordFile() },
            Probe(.identity(.hostname)) { _ in
                .value(lines(of: "/proc/sys/kernel/hostname")?.first.map(String.init) ?? "none")
            },
        ]
        + [
            (.capinh, "CapInh"), (.capprm, "CapPrm"), (.capeff, "CapEff"), (.capbnd, "CapBnd"), (.capamb, "CapAmb"),
        ].map { (probe: IdentityProbe, name: String) in
            Probe(.identity(probe)) { _ in .value(field(name, of: "/proc/self/status") ?? "unknown") }
        }

    /// Only `root` has UID 0, and no user has an empty password (passwd(5), shadow(5)).
    private static func passwordFile() -> ProbeOutcome {
        guard let entries = lines(of: "/etc/passwd") else { return .value("unreadable") }
        var faults: [String] = []
        for entry in entries {
            let fields = entry.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 7 else { faults.append("malformed"); continue }
            if fields[1].isEmpty { faults.append("\(fields[0]) without password") }
            if fields[2] == "0" && fields[0] != "root" { faults.append("\(fields[0]) is root") }
        }
        return ProbeOutcome(list: faults)
    }
}
