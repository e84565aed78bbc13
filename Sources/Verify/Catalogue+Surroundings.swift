// SPDX-License-Identifier: Apache-2.0

extension Catalogue {
    static func mounts(_ container: ExpectedContainer) -> [Expectation] {
        [
            all(
                "mnt.",
                [
                    "tmpfs", "proc", "overlay", "cgroup", "bind", "umount", "pivot_root", "open_tree", "fsopen",
                    "fsmount", "fspick", "move_mount", "setattr",
                ], "errno:EPERM"),
            inside("mnt.list", onlyItems: container.mounts), inside("mnt.disks", onlyItems: container.bindTargets),
            all("mnt.", ["propagation", "ro_write", "ro_remount"], "value:none"),
            agent("mnt.root_write", container.readOnlyRoot ? "errno:EROFS" : "errno:EACCES"),
            root("mnt.root_write", container.readOnlyRoot ? "errno:EROFS" : "ok"),
        ].flatMap(\.self)
    }

    static func network(_ container: ExpectedContainer) -> [Expectation] {
        [
            all("sock.", ["docker", "docker_run", "containerd", "podman", "crio", "dbus"], "errno:ENOENT"),
            all("net.", ["listen", "abstract"], "value:none"), inside("net.route_localnet", "value:0"),
            fact("net.interfaces", .agent, .root),
        ].flatMap(\.self)
    }

    static func image(_ container: ExpectedContainer) -> [Expectation] {
        [
            inside("img.os_id", "value:debian"), inside("img.os_codename", "value:bookworm"),
            inside("img.apt_suites", onlyItems: ["bookworm", "bookworm-updates", "bookworm-security"]),
            all("img.", ["set_id", "file_capabilities", "devices"], "value:none"),
            inside("img.sockets", onlyItems: container.sockets), inside("img.set_id_sudo", "errno:ENOENT"),
            fact("img.unread", .agent, .root),
        ].flatMap(\.self)
    }

    /// What must work, or the denials would only show that nothing does.
    static func work(_ container: ExpectedContainer) -> [Expectation] {
        [
            container.hasWorkspace ? agent("ws.write", "ok") : fact("ws.write", .agent), fact("ws.write", .root),
            fact("work.fork", .agent, .root), all("work.", ["chmod", "socket"], "ok"),
        ].flatMap(\.self)
    }
}
