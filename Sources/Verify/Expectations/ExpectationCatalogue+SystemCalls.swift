// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    static let systemCalls: [Expectation] = [
        all(refusedCalls, "errno:EPERM"),
        all([SystemCallProbe.ioUringSetup, .ioUringEnter, .ioUringRegister], "errno:ENOSYS"),
        all([SystemCallProbe.iopl, .ioperm], "errno:EPERM", "skipped:not on this architecture"),
        // Intended: debuggers trace their own children.
        inside(.systemCall(.ptraceChild), "ok"), fact(.systemCall(.landlock), .agent, .root),
    ].flatMap(\.self)

    private static let refusedCalls: [SystemCallProbe] = [
        .addKey, .requestKey, .keyctl, .bpf, .perfEventOpen, .userfaultfd, .finitModule, .deleteModule, .kexecLoad,
        .reboot, .swapon, .swapoff, .acct, .setdomainname, .settimeofday, .clockSettime, .openByHandleAt,
        .nameToHandleAt, .lookupDcookie, .fanotifyInit, .kcmp, .pidfdGetfd, .processVmReadv, .processVmWritev,
        .socketVsock, .socketAlg, .personality, .quotactl, .trustedXattr,
    ]
}
