// SPDX-License-Identifier: Apache-2.0

import CProbe
import Claims
import Glibc

extension ProbeCatalogue {
    /// System calls that the seccomp profile refuses, with arguments that have no effect when a call is allowed.
    static let systemCalls: [Probe] =
        refused.map { probe, number, arguments in
            Probe(.systemCall(probe)) { _ in attempt(number, arguments[0], arguments[1], arguments[2], arguments[3]) }
        }
        + [
            Probe(.systemCall(.perfEventOpen)) { _ in attempt(cprobe_nr_perf_event_open, 0, 0, -1, -1, 0) },
            Probe(.systemCall(.personality)) { _ in attempt(cprobe_nr_personality, 0x004_0000) },
            Probe(.systemCall(.keyctl)) { _ in attempt(cprobe_nr_keyctl, 0, -3, 0) },
            Probe(.systemCall(.quotactl)) { _ in attempt(cprobe_nr_quotactl, -1, 0, 0, 0) },
            Probe(.systemCall(.trustedXattr)) { setting in
                withScratchFile(setting) { path in
                    withAddress(path) { path in
                        withAddress("trusted.probe") { attempt(cprobe_nr_setxattr, path, $0, $0, 1, 0) }
                    }
                }
            },
            Probe(.systemCall(.landlock)) { _ in .value("abi \(call(cprobe_nr_landlock_create_ruleset, 0, 0, 1))") },
            Probe(.systemCall(.ptraceChild)) { _ in attempt(cprobe_nr_ptrace, 0, 0, 0, 0) },
        ]

    private static let refused: [(SystemCallProbe, Int, [Int])] = [
        (.addKey, cprobe_nr_add_key, [0, 0, 0, 0]),
        (.requestKey, cprobe_nr_request_key, [0, 0, 0, 0]),
        (.bpf, cprobe_nr_bpf, [-1, 0, 0, 0]),
        (.userfaultfd, cprobe_nr_userfaultfd, [-1, 0, 0, 0]),
        (.ioUringSetup, cprobe_nr_io_uring_setup, [1, 0, 0, 0]),
        (.ioUringEnter, cprobe_nr_io_uring_enter, [-1, 0, 0, 0]),
        (.ioUringRegister, cprobe_nr_io_uring_register, [-1, 0, 0, 0]),
        (.finitModule, cprobe_nr_finit_module, [-1, 0, 0, 0]),
        (.deleteModule, cprobe_nr_delete_module, [0, 0, 0, 0]),
        (.kexecLoad, cprobe_nr_kexec_load, [0, 0, 0, -1]),
        (.reboot, cprobe_nr_reboot, [0, 0, 0, 0]),
        (.swapon, cprobe_nr_swapon, [0, 0, 0, 0]),
        (.swapoff, cprobe_nr_swapoff, [0, 0, 0, 0]),
        (.acct, cprobe_nr_acct, [1, 0, 0, 0]),
        (.setdomainname, cprobe_nr_setdomainname, [0, 65, 0, 0]),
        (.settimeofday, cprobe_nr_settimeofday, [1, 1, 0, 0]),
        (.clockSettime, cprobe_nr_clock_settime, [999, 0, 0, 0]),
        (.iopl, cprobe_nr_iopl, [3, 0, 0, 0]),
        (.ioperm, cprobe_nr_ioperm, [0, 1, 1, 0]),
        (.openByHandleAt, cprobe_nr_open_by_handle_at, [-1, 0, 0, 0]),
        (.nameToHandleAt, cprobe_nr_name_to_handle_at, [-1, 0, 0, 0]),
        (.lookupDcookie, cprobe_nr_lookup_dcookie, [0, 0, 0, 0]),
        (.fanotifyInit, cprobe_nr_fanotify_init, [-1, 0, 0, 0]),
        (.kcmp, cprobe_nr_kcmp, [1, 1, 0, 0]),
        (.pidfdGetfd, cprobe_nr_pidfd_getfd, [-1, 0, 0, 0]),
        (.processVmReadv, cprobe_nr_process_vm_readv, [-1, 0, 0, 0]),
        (.processVmWritev, cprobe_nr_process_vm_writev, [-1, 0, 0, 0]),
        (.socketVsock, cprobe_nr_socket, [40, 1, 0, 0]),
        (.socketAlg, cprobe_nr_socket, [38, 5, 0, 0]),
    ]
}
