// SPDX-License-Identifier: Apache-2.0

extension HardeningProfile {
    /// The union of what current engines mask: kernel tables with information about the host or its other users.
    /// `interrupts`, `powercap` and `thermal_throttle` leak timing (GHSA-6fw5-f8r9-fgfm, GHSA-jq35-85cj-fj4p).
    static let standardMaskedPaths = [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
        "/sys/firmware",
    ]

    /// Kernel settings that must not be changed.
    static let standardReadOnlyPaths = [
        "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
    ]

    /// Directories that programs expect to be writable, without set-uid files and devices.
    static let standardTemporaryFileSystems = [
        TemporaryFileSystem(target: "/run", options: ["nosuid", "nodev", "mode=0755"]),
        TemporaryFileSystem(target: "/tmp", options: ["nosuid", "nodev", "mode=1777"]),
    ]

    /// The minimum that maintainer scripts need when an image's packages are configured (Debian Policy chapter 6): no
    /// network, and no seccomp filter, because the scripts set mode bits that the standard filter refuses.
    ///
    /// `/run` is part of the image's file system, because scripts expect the `/run/lock` of base-files.
    package static let configureStep = HardeningProfile(
        name: "configure-step",
        capabilities: [
            .chown, .dacOverride, .fileOwner, .fileSetID, .kill, .mknod, .setGroupID, .setUserID, .setFileCapabilities,
            .sysChroot,
        ],
        readOnlyRoot: false, limits: ResourceLimits(),
        temporaryFileSystems: [TemporaryFileSystem(target: "/tmp", options: ["nosuid", "nodev", "mode=1777"])])
}
