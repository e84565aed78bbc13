// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    static func identity(_ container: ExpectedContainer) -> [Expectation] {
        let none: Outcome = "value:0000000000000000"
        let held = Outcome.value(container.capabilityDigits)
        let user = Outcome.value(fourTimes(container.userID))
        let group = Outcome.value(fourTimes(container.groupID))
        return [
            agent(.identity(.uid), user), root(.identity(.uid), "value:0 0 0 0"),
            agent(.identity(.gid), group), root(.identity(.gid), "value:0 0 0 0"),
            agent(.identity(.groups), "value:", .value(String(container.groupID))), fact(.identity(.groups), .root),
            inside(.identity(.capinh), none), inside(.identity(.capamb), none), inside(.identity(.capbnd), held),
            agent(.identity(.capprm), none), agent(.identity(.capeff), none), root(.identity(.capprm), held),
            root(.identity(.capeff), held),
            inside(.identity(.nnp), "value:1"), inside(.identity(.seccomp), "value:2"),
            agent(.identity(.shadow), "errno:EACCES"), fact(.identity(.shadow), .root),
            inside(.identity(.passwd), "value:none"), inside(.identity(.hostname), .value(container.hostname)),
            // What the image starts has filters of its own beside that of the engine.
            [VantagePoint.agent, .root].map { Expectation(.identity(.seccompFilters), $0, .varyingFact) },
            fact(.identity(.lsm), .agent, .root), fact(.identity(.uidmap), .agent, .root),
        ].flatMap(\.self)
    }

    /// The real, effective, saved and file system ID, as in the `Uid` and `Gid` lines (proc(5)).
    static func fourTimes(_ id: UInt32) -> String {
        Array(repeating: String(id), count: 4).joined(separator: " ")
    }
}
