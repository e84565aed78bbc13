// SPDX-License-Identifier: Apache-2.0

extension ExpectationCatalogue {
    /// Probes that carry no claim, by the reason: no weakening of the container turned them red on the machine of the
    /// recording, and what cannot fail shows nothing. Where one finds something else than what is expected, the report
    /// fails all the same. A test holds this list against the recorded weakenings.
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
