// SPDX-License-Identifier: Apache-2.0

extension ExpectationCatalogue {
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
            inside("img.os_id", "value:debian"), inside("img.os_codename", .value(container.codename)),
            inside(
                "img.apt_suites", onlyItems: ["", "-updates", "-security"].map { "\(container.codename)\($0)" }),
            all("img.", ["set_id", "file_capabilities", "devices"], "value:none"),
            inside("img.sockets", onlyItems: container.sockets), inside("img.set_id_sudo", "errno:ENOENT"),
            fact("img.unread", .agent, .root),
        ].flatMap(\.self)
    }

    /// Operations that must work; otherwise the denials would only show that nothing works.
    static func work(_ container: ExpectedContainer) -> [Expectation] {
        let owner = "\(container.userID):\(container.groupID)"
        let reached: Outcome = container.hasNetwork ? "ok" : "value:no answer"
        return [
            container.hasWorkspace ? agent("ws.write", "ok") : fact("ws.write", .agent), fact("ws.write", .root),
            container.hasWorkspace ? host("ws.owner", .value(owner)) : fact("ws.owner", .host),
            container.hasWorkspace ? agent("git.commit", "value:1") : fact("git.commit", .agent),
            agent("net.dns", reached), agent("net.tls", reached),
            fact("work.fork", .agent, .root), all("work.", ["chmod", "socket"], "ok"),
        ].flatMap(\.self)
    }

    /// A peer container of another project that runs at the same time: none of its traces is found.
    static let peer: [Expectation] = [
        all("peer.", ["processes", "files"], "value:none"),
        all("peer.", ["network", "abstract"], "errno:ECONNREFUSED"),
        inside("peer.memory", "errno:ENOENT"), inside("peer.keyring", "errno:EPERM"),
        host("host.peer_ns", "value:none"),
    ].flatMap(\.self)

    /// The handling of host keys by the image's ssh client. The configuration is the user's, so root is not tested.
    static let hostKeys: [Expectation] = [
        agent("ssh.first_contact", "value:accepted"),
        agent("ssh.changed_key", "value:accepted then accepted then refused"),
        agent("ssh.github_key", "value:accepted"), agent("ssh.github_other", "value:refused and refused"),
        ["first_contact", "changed_key", "github_key", "github_other"].flatMap { fact("ssh.\($0)", .root) },
    ].flatMap(\.self)

    /// A token that was passed as credentials are: readable by the user, and found nowhere else.
    static let secret: [Expectation] = [
        agent("secret.planted", "value:held"),
        ["state", "processes", "logs", "git", "image"].flatMap { host("secret.\($0)", "value:none") },
    ].flatMap(\.self)
}
