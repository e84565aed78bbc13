// SPDX-License-Identifier: Apache-2.0

extension ExpectationCatalogue {
    /// The container's init as seen from the host: an independent view, and the only one of the IPC namespace.
    static func hostSide(_ container: ExpectedContainer) -> [Expectation] {
        let none: Outcome = "value:0000000000000000"
        return [
            ["mnt", "pid", "net", "ipc", "uts"].flatMap { host("host.ns_\($0)", "value:own") },
            // Version 1 of control groups has namespaces too, but runtimes do not create them there.
            fact("host.ns_cgroup", .host), fact("host.ns_user", .host),
            host("host.nnp", "value:1"), host("host.seccomp", "value:2"),
            host("host.capbnd", .value(container.capabilityDigits)), host("host.capeff", none),
            host("host.capinh", none), host("host.capamb", none),
        ].flatMap(\.self) + processesFromHost(container)
    }

    /// All processes as seen from the host, with the probe in the container (`host.`) and without it (`host.plain_`):
    /// the first process, the entrypoint's command, the exec'd command, and privileges beyond the profile.
    private static func processesFromHost(_ container: ExpectedContainer) -> [Expectation] {
        let user = ProcessIdentity(
            userID: container.userID, groupID: container.groupID, bounding: container.capabilities.mask)
        return ["", "plain_"].flatMap { run in
            ["first", "user", "exec"].flatMap { host("host.\(run)\($0)", .value("\(user)")) }
                + host("host.\(run)excess", "value:none")
        } + host("host.plain_difference", "value:none")
    }

    /// Checks from the host, or of the container as a whole.
    static func policies(_ container: ExpectedContainer) -> [Expectation] {
        [
            host("image.packages", "value:none"), host("image.audit", "value:none"), host("image.verify", "value:none"),
            host("image.labels", "value:none"), host("image.host_keys", "value:none"),
            host("image.unseen", "value:none"), fact("image.package_count", .host),
            host("health.healthy", "value:0"), host("health.broken", "value:1"),
            container.hasSudo ? agent("sudo.id", "value:0") : agent("sudo.id", "value:absent"),
            container.hasSudo ? agent("sudo.apt_install", "value:0") : fact("sudo.apt_install", .agent),
            host("end.container", "value:none"), host("end.cgroup", "value:none"), host("end.mounts", "value:none"),
            host("end.scratch", "value:none"),
        ].flatMap(\.self)
    }
}
