// SPDX-License-Identifier: Apache-2.0

/// What the process says to its caller when it ends; the numbers are part of the command line's contract.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    /// Done as asked.
    case done = 0
    /// The answer is no: a claim failed, the lock is stale.
    case no = 1
    /// Something broke: network, disk, engine.
    case broken = 2
    /// Nothing to do, where the caller asked to be told (`--detailed-exitcode`).
    case nothingToDo = 3
    /// What the user wrote was not understood: the command line (`EX_USAGE` of sysexits.h), or a file in `image/`.
    case usage = 64
    /// The same call may succeed later (`EX_TEMPFAIL`): an archive in flux, a download that cannot be reached.
    case tryAgain = 75
    /// Interrupted by the user (128 + SIGINT).
    case interrupted = 130
}
