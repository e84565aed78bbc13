// SPDX-License-Identifier: Apache-2.0

import Engine

extension ExpectationCatalogue {
    /// Opening a file checks permissions before the read-only mount; creating a file checks in the opposite order.
    static func gain(_ container: ExpectedContainer) -> [Expectation] {
        let held = container.capabilities
        let writable: Outcome = container.readOnlyRoot ? "errno:EROFS" : "ok"
        let denied: Outcome = container.readOnlyRoot ? "errno:EROFS" : "errno:EACCES"
        return [
            agent("nnp.setuid", "value:gained nothing"), fact("nnp.setuid", .root),
            agent("gain.setuid0", "errno:EPERM"), root("gain.setuid0", "ok"),
            agent("gain.setresuid0", "errno:EPERM"), root("gain.setresuid0", "ok"),
            agent("gain.setgid0", "errno:EPERM"), root("gain.setgid0", "ok"),
            agent("gain.setgroups", "errno:EPERM"),
            root("gain.setgroups", held.contains(.setGroupID) ? "ok" : "errno:EPERM"),
            inside("gain.capset", "errno:EPERM"), inside("gain.bounding_drop", "errno:EPERM"),
            inside("gain.securebits", "errno:EPERM"), inside("gain.ambient", "errno:EPERM"),
            inside("gain.setfcap", "errno:EPERM"),
            agent("gain.write_passwd", "errno:EACCES"), root("gain.write_passwd", writable),
            agent("gain.write_bin", denied), root("gain.write_bin", writable),
            agent("gain.ld_preload", denied), root("gain.ld_preload", writable),
        ].flatMap(\.self)
    }

    /// Set-uid and set-gid bits cannot be set, not even by root: in a workspace they would be effective on the host.
    /// chmod by path returns success without an effect, because maintainer scripts require success. Calls that a filter
    /// cannot inspect return ENOSYS; the 32-bit entry kills the process (signal 31, SIGSYS).
    static let setID: [Expectation] = [
        all("suid.", ["chmod", "fchmodat", "sgid_chmod"], "value:not set"),
        all(
            "suid.", ["fchmod", "open", "openat", "creat", "mknod", "mknodat", "sgid_mknodat", "tmpfile"], "errno:EPERM"
        ),
        all("suid.", ["fchmodat2", "openat2"], "errno:ENOSYS"),
        inside("suid.compat_chmod", "signal:31", "skipped:not on this architecture"),
    ].flatMap(\.self)

    /// The four capabilities work where the profile grants them: the positive control for the denials below.
    static func granted(_ container: ExpectedContainer) -> [Expectation] {
        let held = container.capabilities
        func answer(_ capability: Capability) -> Outcome { held.contains(capability) ? "ok" : "errno:EPERM" }
        return [
            root("cap.chown", answer(.chown)),
            root("cap.fowner", held.contains(.chown) ? answer(.fileOwner) : "skipped:cannot make a foreign file"),
            root("cap.setuid", answer(.setUserID)), root("cap.setgid", answer(.setGroupID)),
        ].flatMap(\.self)
    }

    /// The other capabilities, tested as root: the user never has a capability, so only root's attempts are meaningful.
    static let canaries: [Expectation] = [
        root("cap.dac_override", "errno:EACCES"), root("cap.dac_read_search", "errno:EACCES"),
        root("cap.kill", "errno:EPERM"), root("cap.mknod", "errno:EPERM"), root("cap.net_admin", "errno:EPERM"),
        root("cap.net_raw", "errno:EPERM"), root("cap.net_packet", "errno:EPERM"), root("cap.syslog", "errno:EPERM"),
        root("cap.sys_chroot", "errno:EPERM"), root("cap.sys_module", "errno:EPERM"),
        root("cap.sys_nice", "errno:EPERM"), root("cap.sys_nice_priority", "errno:EACCES"),
        root("cap.sys_resource", "errno:EPERM"), root("cap.sys_admin_hostname", "errno:EPERM"),
        root("cap.sys_ptrace", "errno:EPERM"),
        // The kernel may not have an audit subsystem.
        fact("cap.audit_write", .root),
    ].flatMap(\.self)
}
