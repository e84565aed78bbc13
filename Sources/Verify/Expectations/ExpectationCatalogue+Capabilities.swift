// SPDX-License-Identifier: Apache-2.0

import Claims
import Engine

extension ExpectationCatalogue {
    /// The four capabilities work where the profile grants them: the positive control for the denials below.
    static func granted(_ container: ExpectedContainer) -> [Expectation] {
        let held = container.capabilities
        func answer(_ capability: Capability) -> Outcome { held.contains(capability) ? "ok" : "errno:EPERM" }
        return [
            root(.capability(.chown), answer(.chown)),
            root(
                .capability(.fowner), held.contains(.chown) ? answer(.fileOwner) : "skipped:cannot make a foreign file"),
            root(.capability(.setuid), answer(.setUserID)), root(.capability(.setgid), answer(.setGroupID)),
        ].flatMap(\.self)
    }

    /// The other capabilities, tested as root: the user never has a capability, so only root's attempts are meaningful.
    static let canaries: [Expectation] = [
        root(.capability(.dacOverride), "errno:EACCES"), root(.capability(.dacReadSearch), "errno:EACCES"),
        root(.capability(.kill), "errno:EPERM"), root(.capability(.mknod), "errno:EPERM"),
        root(.capability(.netAdmin), "errno:EPERM"),
        root(.capability(.netRaw), "errno:EPERM"), root(.capability(.netPacket), "errno:EPERM"),
        root(.capability(.syslog), "errno:EPERM"),
        root(.capability(.sysChroot), "errno:EPERM"), root(.capability(.sysModule), "errno:EPERM"),
        root(.capability(.sysNice), "errno:EPERM"), root(.capability(.sysNicePriority), "errno:EACCES"),
        root(.capability(.sysResource), "errno:EPERM"), root(.capability(.sysAdminHostname), "errno:EPERM"),
        root(.capability(.sysPtrace), "errno:EPERM"),
        // The kernel may not have an audit subsystem.
        fact(.capability(.auditWrite), .root),
    ].flatMap(\.self)
}
