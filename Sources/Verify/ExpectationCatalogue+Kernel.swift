// SPDX-License-Identifier: Apache-2.0

extension ExpectationCatalogue {
    static let namespaces: [Expectation] = [
        all("ns.unshare_", ["user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time"], "errno:EPERM"),
        inside("ns.clone_user", "errno:EPERM"), inside("ns.setns", "errno:EPERM"), inside("ns.clone3", "errno:ENOSYS"),
    ].flatMap(\.self)

    static let systemCalls: [Expectation] = [
        all("sc.", refusedCalls, "errno:EPERM"),
        all("sc.", ["io_uring_setup", "io_uring_enter", "io_uring_register"], "errno:ENOSYS"),
        all("sc.", ["iopl", "ioperm"], "errno:EPERM", "skipped:not on this architecture"),
        // Intended: debuggers trace their own children.
        inside("sc.ptrace_child", "ok"), fact("sc.landlock", .agent, .root),
    ].flatMap(\.self)

    private static let refusedCalls = [
        "add_key", "request_key", "keyctl", "bpf", "perf_event_open", "userfaultfd", "finit_module", "delete_module",
        "kexec_load", "reboot", "swapon", "swapoff", "acct", "setdomainname", "settimeofday", "clock_settime",
        "open_by_handle_at", "name_to_handle_at", "lookup_dcookie", "fanotify_init", "kcmp", "pidfd_getfd",
        "process_vm_readv", "process_vm_writev", "socket_vsock", "socket_alg", "personality", "quotactl",
        "trusted_xattr",
    ]

    /// EROFS for root, which passes permission checks unless it is an ordinary user of the host; the user fails the
    /// permission check first. Some files exist only with certain kernel configurations; a missing file is not writable
    /// either.
    static func kernelFiles(_ container: ExpectedContainer) -> [Expectation] {
        let refused: [Outcome] = container.rootless ? ["errno:EROFS", "errno:EACCES"] : ["errno:EROFS"]
        return [
            each(
                "proc.write_", ["core_pattern", "randomize_va_space", "overcommit"], agent: ["errno:EACCES"],
                root: refused),
            each(
                "proc.write_", ["modprobe", "sysrq", "sysrq_trigger"], agent: ["errno:EACCES", "errno:ENOENT"],
                root: refused + ["errno:ENOENT"]),
            all("proc.write_", ["uevent_helper", "ksm", "profiling"], "errno:EROFS", "errno:EACCES", "errno:ENOENT"),
            all(
                "proc.masked_",
                [
                    "kcore", "keys", "timer_list", "latency_stats", "sched_debug", "scsi", "acpi", "asound",
                    "interrupts", "firmware", "powercap",
                ], "value:empty", "value:absent"),
        ].flatMap(\.self)
    }

    static func controlGroups(_ container: ExpectedContainer) -> [Expectation] {
        let limit = container.processLimit.map { inside("cg.pids_max", .value(String($0))) }
        return [
            all("cg.", ["writable", "release_agent", "devices_allow"], "value:none"),
            limit ?? fact("cg.pids_max", .agent, .root), fact("cg.memory_max", .agent, .root),
            fact("cg.cpu_max", .agent, .root),
        ].flatMap(\.self)
    }

    static let devices: [Expectation] = [
        inside("dev.list", "value:none"), fact("dev.tiocsti", .agent, .root),
        all(
            "dev.",
            ["mem", "kmem", "kvm", "fuse", "sda", "vda", "nvme0n1", "tun", "loop-control", "vhost-net", "dri"],
            "errno:ENOENT"),
    ].flatMap(\.self)
}
