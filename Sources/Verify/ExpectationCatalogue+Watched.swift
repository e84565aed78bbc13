// SPDX-License-Identifier: Apache-2.0

extension ExpectationCatalogue {
    /// Probes that belong to no claim, by reason: no weakened container of the recording made them red, and a probe
    /// that cannot fail proves nothing. An unexpected outcome fails the report all the same. A test compares this list
    /// with the recording.
    package static let watched: [String: Set<String>] = [
        "the engine makes every mount private, and cannot start without a mount namespace": [
            "host.ns_mnt", "mnt.propagation",
        ],
        "not in the kernel of the recording": [
            "proc.masked_acpi", "proc.masked_asound", "proc.masked_kcore", "proc.masked_latency_stats",
            "proc.masked_powercap", "proc.masked_sched_debug", "proc.masked_scsi", "proc.write_modprobe",
            "proc.write_sysrq", "proc.write_sysrq_trigger", "proc.write_uevent_helper",
        ],
        "not a capability of the machine of the recording, or kept by its control groups": [
            "cap.sys_resource", "cap.sys_nice",
        ],
    ]
}
