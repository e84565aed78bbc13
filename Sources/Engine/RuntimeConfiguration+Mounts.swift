// SPDX-License-Identifier: Apache-2.0

extension RuntimeConfiguration {
    /// The kernel's file systems first (runtime-spec, config-linux.md "Default Filesystems"), then tmpfs mounts, then
    /// bind mounts, which may be inside of them.
    var mounts: [RuntimeSpecification.Mount] {
        kernelMounts + plan.profile.temporaryFileSystems.map(mount)
            + plan.mounts.map {
                .init(destination: $0.target, type: "bind", source: $0.source.string, options: $0.options)
            }
    }

    private var kernelMounts: [RuntimeSpecification.Mount] {
        let inert = ["nosuid", "noexec", "nodev"]
        return [
            .init(destination: "/proc", type: "proc", source: "proc", options: inert),
            .init(
                destination: "/dev", type: "tmpfs", source: "tmpfs",
                options: ["nosuid", "noexec", "strictatime", "mode=755", "size=65536k"]),
            .init(
                destination: "/dev/pts", type: "devpts", source: "devpts",
                options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
            .init(destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: inert),
            .init(
                destination: "/dev/shm", type: "tmpfs", source: "shm",
                options: inert + ["mode=1777", "size=\(plan.profile.limits.sharedMemory >> 10)k"]),
            systemMount, cgroupMount,
        ].compactMap(\.self)
    }

    /// Root of a user namespace may mount sysfs only with its own network namespace (sysfs(5)); in the host's network
    /// namespace the host's sysfs is bind-mounted.
    private var systemMount: RuntimeSpecification.Mount {
        let inert = ["nosuid", "noexec", "nodev", "ro"]
        return host.rootless && plan.profile.network == .host
            ? .init(destination: "/sys", type: "bind", source: "/sys", options: ["rbind", "rprivate"] + inert)
            : .init(destination: "/sys", type: "sysfs", source: "sysfs", options: inert)
    }

    private var cgroupMount: RuntimeSpecification.Mount? {
        guard host.cgroups != .absent else { return nil }
        return .init(
            destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
            options: ["nosuid", "noexec", "nodev", "relatime", "ro"])
    }

    private func mount(_ temporary: TemporaryFileSystem) -> RuntimeSpecification.Mount {
        let size = temporary.sizeBytes.map { ["size=\($0)"] } ?? []
        let owner = temporary.owner == .user ? ["uid=\(plan.userID)", "gid=\(plan.groupID)"] : []
        return .init(
            destination: temporary.target, type: "tmpfs", source: "tmpfs", options: temporary.options + owner + size)
    }
}
