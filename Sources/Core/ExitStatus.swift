// SPDX-License-Identifier: Apache-2.0

/// The exit status of the process; the values are part of the command line's contract.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    /// Success.
    case done = 0
    /// The result is negative: a claim failed, the lock is stale.
    case no = 1
    /// A failure of the environment: network, disk, engine.
    case broken = 2
    /// There is nothing to do, and the caller requested this status (`--detailed-exitcode`).
    case nothingToDo = 3
    /// Invalid input: the command line (`EX_USAGE` of sysexits.h), or a file in `image/`.
    case usage = 64
    /// A temporary failure (`EX_TEMPFAIL`): an archive that is being updated, an unreachable server.
    case tryAgain = 75
    /// Interrupted by the user (128 + SIGINT).
    case interrupted = 130
}
