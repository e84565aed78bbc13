// SPDX-License-Identifier: Apache-2.0

import CProbe
import Glibc

extension ProbeCatalogue {
    /// Device nodes (null(4), mem(4), pts(4)): only the unprivileged ones exist.
    static let devices: [Probe] =
        [
            Probe("dev.list") { _ in
                ProbeOutcome(list: (names(in: "/dev") ?? ["unreadable"]).filter { !usual.contains($0) })
            },
            Probe("dev.tiocsti") { _ in
                let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
                return descriptor < 0 ? .errno(errno) : .value("has a terminal")
            },
        ]
        + ["mem", "kmem", "kvm", "fuse", "sda", "vda", "nvme0n1", "net/tun", "loop-control", "vhost-net", "dri"].map {
            path in
            Probe("dev.\(path.split(separator: "/").last ?? "")") { _ in opening("/dev/\(path)", O_RDONLY) }
        }

    /// The default devices (OCI runtime-spec, config-linux.md "Default Devices"), with the links and file systems
    /// beside them.
    private static let usual: Set<String> = [
        "console", "core", "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout",
        "tty", "urandom", "zero",
    ]
}
