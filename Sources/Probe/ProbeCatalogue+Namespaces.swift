// SPDX-License-Identifier: Apache-2.0

import CProbe
import Glibc

extension ProbeCatalogue {
    /// New namespaces, and those of other processes (namespaces(7)). Most kernel exploits need a user namespace.
    static let namespaces: [Probe] =
        [
            ("user", 0x1000_0000), ("mnt", 0x2_0000), ("pid", 0x2000_0000), ("net", 0x4000_0000),
            ("ipc", 0x800_0000), ("uts", 0x400_0000), ("cgroup", 0x200_0000), ("time", 0x80),
        ].map { name, flag in Probe("ns.unshare_\(name)") { _ in attempt(cprobe_nr_unshare, flag) } }
        + [
            Probe("ns.clone_user") { _ in cloneUser() },
            // clone3 takes its flags from memory, which a filter cannot read: it must return ENOSYS, so that libc falls
            // back to clone.
            Probe("ns.clone3") { _ in attempt(cprobe_nr_clone3, 0, 0) },
            Probe("ns.setns") { _ in
                let descriptor = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC)
                return descriptor < 0 ? .errno(errno) : attempt(cprobe_nr_setns, Int(descriptor), 0)
            },
        ]

    /// clone(CLONE_NEWUSER) without a stack: a fork whose child exits at once.
    private static func cloneUser() -> ProbeOutcome {
        let child = call(cprobe_nr_clone, 0x1000_0000 | Int(SIGCHLD), 0, 0, 0, 0)
        if child == 0 { _exit(0) }
        return ProbeOutcome(call: child)
    }
}
