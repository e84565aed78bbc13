// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A release that is told to end does so at once, and says how it goes on: whatever was done is invisible, or finished
/// by the next call. A machine that is shut down, or a runner whose time is over, is no reason for somebody to look.
enum ReleaseInterruption {
    /// From now on SIGTERM and SIGHUP end the process with `ExitStatus.tryAgain`.
    static func begin() {
        var action = sigaction()
        sigemptyset(&action.sa_mask)
        // Nothing but what signal-safety(7) allows.
        action.__sigaction_handler.sa_handler = { _ in
            let text: StaticString =
                "\nerror: The release was told to end.\nhint: Run it again: it goes on where it was, here or elsewhere.\n"
            _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
            _exit(75)
        }
        for signal in [SIGTERM, SIGHUP] { sigaction(signal, &action, nil) }
    }
}
