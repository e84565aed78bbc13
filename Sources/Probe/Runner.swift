// SPDX-License-Identifier: Apache-2.0

import CProbe
import Glibc

/// Runs each probe in isolation from the others.
enum Runner {
    /// The timeout of an attempt in seconds. The child sets its own alarm: without CAP_KILL, the parent cannot kill a
    /// child that changed its user.
    static let limit: UInt32 = 4

    /// Runs one attempt in a forked child.
    static func run(_ probe: Probe, in setting: Setting) -> ProbeOutcome {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return .errno(Glibc.errno) }
        let child = cprobe_fork()
        if child == 0 {
            alarm(limit)
            close(ends[0])
            Console.write(probe.attempt(setting).text, to: ends[1])
            _exit(0)
        }
        close(ends[1])
        defer { close(ends[0]) }
        guard child > 0 else { return .errno(Glibc.errno) }
        return wait(for: child, reading: ends[0])
    }

    private static func wait(for child: pid_t, reading end: Int32) -> ProbeOutcome {
        let text = String(decoding: Bytes.readAll(end, limit: 1 << 16), as: UTF8.self)
        var status: Int32 = 0
        guard waitpid(child, &status, 0) == child else { return .errno(Glibc.errno) }
        let signal = status & 0x7f
        if signal == SIGALRM { return .timedOut }
        return signal == 0 ? .written(text) : .signal(signal)
    }
}
