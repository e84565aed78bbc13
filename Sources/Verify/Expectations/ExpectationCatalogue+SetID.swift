// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    /// Set-uid bits cannot be set, not even by root: in a workspace they would be effective on the host. Set-gid bits can
    /// be set by the user, who has one group, and not by root of sudo, who could have any. For root chmod by path returns
    /// success without an effect, because maintainer scripts require success. Calls that a filter cannot inspect return
    /// ENOSYS; the 32-bit entry kills the process (signal 31, SIGSYS).
    static func setID(_ container: ExpectedContainer) -> [Expectation] {
        let refused = Outcome("errno:EPERM")
        let change = container.hasSudo ? Outcome("value:not set") : refused
        return [
            each([SetIDProbe.chmod, .fchmodat], agent: [refused], root: [change]),
            all([SetIDProbe.fchmod, .open, .openat, .creat, .mknod, .mknodat, .tmpfile], refused),
            [SetIDProbe.sgidChmod, .sgidMknodat].flatMap { fact(.setID($0), .agent) },
            container.hasSudo
                ? root(.setID(.sgidChmod), change) + root(.setID(.sgidMknodat), refused)
                : [SetIDProbe.sgidChmod, .sgidMknodat].flatMap { fact(.setID($0), .root) },
            all([SetIDProbe.fchmodat2, .openat2], "errno:ENOSYS"),
            inside(.setID(.compatChmod), "signal:31", "skipped:not on this architecture"),
        ].flatMap(\.self)
    }
}
