// SPDX-License-Identifier: Apache-2.0

extension ExpectationCatalogue {
    /// What the machine sees of the container's init: a second reader, and the only one for the IPC namespace.
    static func hostSide(_ container: ExpectedContainer) -> [Expectation] {
        let none: Outcome = "value:0000000000000000"
        return [
            ["mnt", "pid", "net", "ipc", "uts"].flatMap { host("host.ns_\($0)", "value:own") },
            // Version 1 of control groups has namespaces too, but runtimes give none there.
            fact("host.ns_cgroup", .host), fact("host.ns_user", .host),
            host("host.nnp", "value:1"), host("host.seccomp", "value:2"),
            host("host.capbnd", .value(container.capabilityDigits)), host("host.capeff", none),
            host("host.capinh", none), host("host.capamb", none),
        ].flatMap(\.self) + processesFromHost(container)
    }

    /// What the machine sees of every process, with the probe in the container (`host.`) and without (`host.plain_`):
    /// the first one, what the entrypoint starts, what is entered, and whether any has more than the profile.
    private static func processesFromHost(_ container: ExpectedContainer) -> [Expectation] {
        let user = ProcessIdentity(
            userID: container.userID, groupID: container.groupID, bounding: container.capabilities.mask)
        return ["", "plain_"].flatMap { run in
            ["first", "user", "exec"].flatMap { host("host.\(run)\($0)", .value("\(user)")) }
                + host("host.\(run)excess", "value:none")
        } + host("host.plain_difference", "value:none")
    }

    /// What is looked at from outside, or done in the container as a whole.
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
