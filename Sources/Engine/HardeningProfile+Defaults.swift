// SPDX-License-Identifier: Apache-2.0

extension HardeningProfile {
    /// The union of what the current engines hide: tables of the kernel that tell about the host or its other users.
    /// `interrupts`, `powercap` and `thermal_throttle` leak timing (GHSA-6fw5-f8r9-fgfm, GHSA-jq35-85cj-fj4p).
    static let standardMaskedPaths = [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
        "/sys/firmware",
    ]

    /// Switches of the kernel that must not be written.
    static let standardReadOnlyPaths = [
        "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
    ]

    /// Directories every program expects to be able to write, without set-uid files and devices.
    static let standardTemporaryFileSystems = [
        TemporaryFileSystem(target: "/run", options: ["nosuid", "nodev", "mode=0755"]),
        TemporaryFileSystem(target: "/tmp", options: ["nosuid", "nodev", "mode=1777"]),
    ]

    /// What maintainer scripts need when the packages of an image are configured (Debian Policy chapter 6), and no
    /// more: no network, and no filter, for the scripts set bits that the standard filter refuses.
    ///
    /// `/run` stays on the image's own file system, because scripts expect the `/run/lock` that base-files brings.
    package static let configureStep = HardeningProfile(
        name: "configure-step",
        capabilities: [
            .chown, .dacOverride, .fileOwner, .fileSetID, .kill, .mknod, .setGroupID, .setUserID, .setFileCapabilities,
            .sysChroot,
        ],
        readOnlyRoot: false, limits: ResourceLimits(),
        temporaryFileSystems: [TemporaryFileSystem(target: "/tmp", options: ["nosuid", "nodev", "mode=1777"])])
}
