// SPDX-License-Identifier: Apache-2.0

import CProbe
import Glibc

extension ProbeCatalogue {
    /// The kernel's files, which are opened but never written. Masked paths appear empty; read-only ones return EROFS
    /// to a process that could otherwise open them for writing (OCI runtime-spec, config-linux.md).
    static let kernelFiles: [Probe] =
        writes.map { name, path in Probe("proc.write_\(name)") { _ in opening(path, O_WRONLY) } }
        + masked.map { path in
            Probe("proc.masked_\(path.split(separator: "/").last ?? "")") { _ in visible(path) }
        }

    private static let writes = [
        ("core_pattern", "/proc/sys/kernel/core_pattern"),
        ("modprobe", "/proc/sys/kernel/modprobe"),
        ("sysrq", "/proc/sys/kernel/sysrq"),
        ("randomize_va_space", "/proc/sys/kernel/randomize_va_space"),
        ("overcommit", "/proc/sys/vm/overcommit_memory"),
        ("sysrq_trigger", "/proc/sysrq-trigger"),
        ("uevent_helper", "/sys/kernel/uevent_helper"),
        ("ksm", "/sys/kernel/mm/ksm/run"),
        ("profiling", "/sys/kernel/profiling"),
    ]

    private static let masked = [
        "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/sys/firmware", "/sys/devices/virtual/powercap",
    ]

    /// Returns "empty", "absent" or "visible".
    private static func visible(_ path: String) -> ProbeOutcome {
        var status = stat()
        guard stat(path, &status) == 0 else { return errno == ENOENT ? .value("absent") : .errno(errno) }
        if status.st_mode & S_IFMT == S_IFDIR {
            guard let found = names(in: path) else { return .errno(errno) }
            return .value(found.isEmpty ? "empty" : "visible")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return .errno(errno) }
        return .value(Bytes.readAll(descriptor, limit: 1).isEmpty ? "empty" : "visible")
    }
}
