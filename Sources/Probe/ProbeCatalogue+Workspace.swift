// SPDX-License-Identifier: Apache-2.0

import CProbe
import Claims
import Glibc

extension ProbeCatalogue {
    /// Operations that must work: the positive half of the claims.
    static let workspace: [Probe] = [
        Probe(.workspace(.write)) { setting in
            guard let directory = setting.workspace else { return .skipped("no workspace") }
            let path = "\(directory)/.probe-\(getpid())"
            let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { return .errno(errno) }
            close(descriptor)
            return unlink(path) == 0 ? .ok : .errno(errno)
        },
        Probe(.work(.fork)) { _ in
            let child = cprobe_fork()
            if child == 0 { _exit(7) }
            var status: Int32 = 0
            guard child > 0, waitpid(child, &status, 0) == child else { return .errno(errno) }
            return .value(String((status >> 8) & 0xff))
        },
        Probe(.work(.chmod)) { setting in
            withScratchFile(setting) { path in withAddress(path) { attempt(cprobe_nr_fchmodat, -100, $0, 0o755) } }
        },
        Probe(.work(.socket)) { _ in attempt(cprobe_nr_socket, Int(AF_INET), 1, 0) },
    ]
}
