// SPDX-License-Identifier: Apache-2.0

/// The kernel's files: those that must not be written, and those that must be hidden (proc(5), sysfs(5)).
package enum KernelFileProbe: String, ProbeTopic {
    case writeCorePattern = "proc.write_core_pattern"
    case writeModprobe = "proc.write_modprobe"
    case writeSysrq = "proc.write_sysrq"
    case writeRandomizeVaSpace = "proc.write_randomize_va_space"
    case writeOvercommit = "proc.write_overcommit"
    case writeSysrqTrigger = "proc.write_sysrq_trigger"
    case writeUeventHelper = "proc.write_uevent_helper"
    case writeKsm = "proc.write_ksm"
    case writeProfiling = "proc.write_profiling"
    case maskedKcore = "proc.masked_kcore"
    case maskedKeys = "proc.masked_keys"
    case maskedTimerList = "proc.masked_timer_list"
    case maskedLatencyStats = "proc.masked_latency_stats"
    case maskedSchedDebug = "proc.masked_sched_debug"
    case maskedScsi = "proc.masked_scsi"
    case maskedAcpi = "proc.masked_acpi"
    case maskedAsound = "proc.masked_asound"
    case maskedInterrupts = "proc.masked_interrupts"
    case maskedFirmware = "proc.masked_firmware"
    case maskedPowercap = "proc.masked_powercap"
}

extension ProbeID {
    /// The probe of the topic.
    package static func kernelFile(_ probe: KernelFileProbe) -> ProbeID { ProbeID(probe) }
}
