// SPDX-License-Identifier: Apache-2.0

extension ExpectationCatalogue {
    static func identity(_ container: ExpectedContainer) -> [Expectation] {
        let none: Outcome = "value:0000000000000000"
        let held = Outcome.value(container.capabilityDigits)
        let user = Outcome.value(fourTimes(container.userID))
        let group = Outcome.value(fourTimes(container.groupID))
        return [
            agent("id.uid", user), root("id.uid", "value:0 0 0 0"),
            agent("id.gid", group), root("id.gid", "value:0 0 0 0"),
            agent("id.groups", "value:", .value(String(container.groupID))), fact("id.groups", .root),
            inside("id.capinh", none), inside("id.capamb", none), inside("id.capbnd", held),
            agent("id.capprm", none), agent("id.capeff", none), root("id.capprm", held), root("id.capeff", held),
            inside("id.nnp", "value:1"), inside("id.seccomp", "value:2"),
            agent("id.shadow", "errno:EACCES"), fact("id.shadow", .root),
            inside("id.passwd", "value:none"), inside("id.hostname", .value(container.hostname)),
            fact("id.seccomp_filters", .agent, .root), fact("id.lsm", .agent, .root), fact("id.uidmap", .agent, .root),
        ].flatMap(\.self)
    }

    /// Every process of the container: the init that became the user, the sudo server, and the probe itself.
    static func processes(_ container: ExpectedContainer) -> [Expectation] {
        let none = "0000000000000000"
        return [
            inside("proc.pid1_uid", .value(fourTimes(container.userID))),
            inside("proc.pid1_capeff", .value(none)),
            root("proc.pid1_environ", "errno:EACCES"), fact("proc.pid1_environ", .agent),
            inside("proc.capbnd", .value(container.capabilityDigits)),
            inside("proc.capprm", onlyItems: [none, container.capabilityDigits]),
            inside("proc.capinh", .value(none)), inside("proc.capamb", .value(none)),
            inside("proc.nnp", "value:1"), inside("proc.seccomp", "value:2"), inside("proc.foreign", "value:none"),
            fact("proc.pid1", .agent, .root),
        ].flatMap(\.self)
    }

    /// The real, effective, saved and file system ID, as in the `Uid` and `Gid` lines (proc(5)).
    private static func fourTimes(_ id: UInt32) -> String {
        Array(repeating: String(id), count: 4).joined(separator: " ")
    }
}
