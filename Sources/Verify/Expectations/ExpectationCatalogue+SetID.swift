// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    /// Set-uid and set-gid bits cannot be set, not even by root: in a workspace they would be effective on the host.
    /// chmod by path returns success without an effect, because maintainer scripts require success. Calls that a filter
    /// cannot inspect return ENOSYS; the 32-bit entry kills the process (signal 31, SIGSYS).
    static let setID: [Expectation] = [
        all([SetIDProbe.chmod, .fchmodat, .sgidChmod], "value:not set"),
        all(
            [SetIDProbe.fchmod, .open, .openat, .creat, .mknod, .mknodat, .sgidMknodat, .tmpfile], "errno:EPERM"
        ),
        all([SetIDProbe.fchmodat2, .openat2], "errno:ENOSYS"),
        inside(.setID(.compatChmod), "signal:31", "skipped:not on this architecture"),
    ].flatMap(\.self)
}
