// SPDX-License-Identifier: Apache-2.0

import CProbe
import Claims
import Glibc

extension ProbeCatalogue {
    /// The kernel's files, which are opened but never written. Masked paths appear empty; read-only ones return EROFS
    /// to a process that could otherwise open them for writing (OCI runtime-spec, config-linux.md).
    static let kernelFiles: [Probe] =
        writes.map { probe, path in Probe(.kernelFile(probe)) { _ in opening(path, O_WRONLY) } }
        + masked.map { probe, path in Probe(.kernelFile(probe)) { _ in visible(path) } }

    private static let writes: [(KernelFileProbe, String)] = [
        (.writeCorePattern, "/proc/sys/kernel/core_pattern"),
        (.writeModprobe, "/proc/sys/kernel/modprobe"),
        (.writeSysrq, "/proc/sys/kernel/sysrq"),
        (.writeRandomizeVaSpace, "/proc/sys/kernel/randomize_va_space"),
        (.writeOvercommit, "/proc/sys/vm/overcommit_memory"),
        (.writeSysrqTrigger, "/proc/sysrq-trigger"),
        (.writeUeventHelper, "/sys/kernel/uevent_helper"),
        (.writeKsm, "/sys/kernel/mm/ksm/run"),
        (.writeProfiling, "/sys/kernel/profiling"),
    ]

    private static let masked: [(KernelFileProbe, String)] = [
        (.maskedKcore, "/proc/kcore"),
        (.maskedKeys, "/proc/keys"),
        (.maskedTimerList, "/proc/timer_list"),
        (.maskedLatencyStats, "/proc/latency_stats"),
        (.maskedSchedDebug, "/proc/sched_debug"),
        (.maskedScsi, "/proc/scsi"),
        (.maskedAcpi, "/proc/acpi"),
        (.maskedAsound, "/proc/asound"),
        (.maskedInterrupts, "/proc/interrupts"),
        (.maskedFirmware, "/sys/firmware"),
        (.maskedPowercap, "/sys/devices/virtual/powercap"),
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
