// SPDX-License-Identifier: Apache-2.0

import CProbe
import Claims
import Glibc

extension ProbeCatalogue {
    /// New namespaces, and those of other processes (namespaces(7)). Most kernel exploits need a user namespace.
    static let namespaces: [Probe] =
        [
            (.unshareUser, 0x1000_0000), (.unshareMnt, 0x2_0000), (.unsharePid, 0x2000_0000),
            (.unshareNet, 0x4000_0000), (.unshareIpc, 0x800_0000), (.unshareUts, 0x400_0000),
            (.unshareCgroup, 0x200_0000), (.unshareTime, 0x80),
        ].map { (probe: NamespaceProbe, flag: Int) in
            Probe(.namespace(probe)) { _ in attempt(cprobe_nr_unshare, flag) }
        }
        + [
            Probe(.namespace(.cloneUser)) { _ in cloneUser() },
            // clone3 takes its flags from memory, which a filter cannot read: it must return ENOSYS, so that libc falls
            // back to clone.
            Probe(.namespace(.clone3)) { _ in attempt(cprobe_nr_clone3, 0, 0) },
            Probe(.namespace(.setns)) { _ in
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
