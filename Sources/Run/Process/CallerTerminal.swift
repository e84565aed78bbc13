// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The caller's terminal, with its settings before an engine's client changed them.
struct CallerTerminal: Sendable {
    private static let descriptor = STDIN_FILENO
    /// The settings of the caller.
    private let settings: termios

    /// Reads the settings; `nil` without a terminal. A job in the background is stopped here until it gets the terminal:
    /// an engine's client would change the settings under the shell.
    init?() {
        var (settings, allowed, before) = (termios(), sigset_t(), sigset_t())
        guard tcgetattr(Self.descriptor, &settings) == 0 else { return nil }
        sigemptyset(&allowed)
        sigaddset(&allowed, SIGTTOU)
        pthread_sigmask(SIG_UNBLOCK, &allowed, &before)
        if tcgetpgrp(Self.descriptor) != getpgrp(), tcsetattr(Self.descriptor, TCSANOW, &settings) == 0 {
            tcgetattr(Self.descriptor, &settings)
        }
        pthread_sigmask(SIG_SETMASK, &before, nil)
        self.settings = settings
    }

    /// Whether this process may use the terminal: its process group is the one in the foreground.
    var isInForeground: Bool { tcgetpgrp(Self.descriptor) == getpgrp() }

    /// Restores the caller's settings.
    ///
    /// - Returns: The settings of the engine's client, or raw ones when the terminal already belongs to another job.
    func giveBack() -> termios {
        var client = termios()
        guard isInForeground, tcgetattr(Self.descriptor, &client) == 0 else {
            client = settings
            cfmakeraw(&client)
            return client
        }
        apply(settings)
        return client
    }

    /// Sets the settings of the terminal. A thread that blocks SIGTTOU may do so (termios(3)); output that a held
    /// terminal does not accept is not awaited.
    func apply(_ settings: termios) {
        var (settings, blocked, before) = (settings, sigset_t(), sigset_t())
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGTTOU)
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        tcsetattr(Self.descriptor, TCSANOW, &settings)
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}
