// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Ends a release at once when it is terminated, with a message about resuming it: everything done so far is invisible,
/// or finished by the next run. A shutdown or a runner's timeout needs no maintainer.
enum ReleaseInterruption {
    /// From now on SIGTERM and SIGHUP end the process with `ExitStatus.tryAgain`.
    static func begin() {
        var action = sigaction()
        sigemptyset(&action.sa_mask)
        // Only functions that signal-safety(7) allows.
        action.__sigaction_handler.sa_handler = { _ in
            let text: StaticString =
                "\nerror: The release was terminated.\nhint: Run it again, here or on another machine: it is resumed.\n"
            _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
            _exit(75)
        }
        for signal in [SIGTERM, SIGHUP] { sigaction(signal, &action, nil) }
    }
}
