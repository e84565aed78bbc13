// SPDX-License-Identifier: Apache-2.0

/// System calls that the filter decides on (seccomp(2)).
package enum SystemCallProbe: String, ProbeTopic {
    case addKey = "sc.add_key"
    case requestKey = "sc.request_key"
    case bpf = "sc.bpf"
    case userfaultfd = "sc.userfaultfd"
    case ioUringSetup = "sc.io_uring_setup"
    case ioUringEnter = "sc.io_uring_enter"
    case ioUringRegister = "sc.io_uring_register"
    case finitModule = "sc.finit_module"
    case deleteModule = "sc.delete_module"
    case kexecLoad = "sc.kexec_load"
    case reboot = "sc.reboot"
    case swapon = "sc.swapon"
    case swapoff = "sc.swapoff"
    case acct = "sc.acct"
    case setdomainname = "sc.setdomainname"
    case settimeofday = "sc.settimeofday"
    case clockSettime = "sc.clock_settime"
    case iopl = "sc.iopl"
    case ioperm = "sc.ioperm"
    case openByHandleAt = "sc.open_by_handle_at"
    case nameToHandleAt = "sc.name_to_handle_at"
    case lookupDcookie = "sc.lookup_dcookie"
    case fanotifyInit = "sc.fanotify_init"
    case kcmp = "sc.kcmp"
    case pidfdGetfd = "sc.pidfd_getfd"
    case processVmReadv = "sc.process_vm_readv"
    case processVmWritev = "sc.process_vm_writev"
    case socketVsock = "sc.socket_vsock"
    case socketAlg = "sc.socket_alg"
    case perfEventOpen = "sc.perf_event_open"
    case personality = "sc.personality"
    case keyctl = "sc.keyctl"
    case quotactl = "sc.quotactl"
    case trustedXattr = "sc.trusted_xattr"
    case landlock = "sc.landlock"
    case ptraceChild = "sc.ptrace_child"
}

extension ProbeID {
    /// The probe of the topic.
    package static func systemCall(_ probe: SystemCallProbe) -> ProbeID { ProbeID(probe) }
}
