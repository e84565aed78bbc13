// SPDX-License-Identifier: Apache-2.0

import CProbe
import Claims
import Glibc

extension ProbeCatalogue {
    /// Device nodes (null(4), mem(4), pts(4)): only the unprivileged ones exist.
    static let devices: [Probe] =
        [
            Probe(.device(.list)) { _ in
                ProbeOutcome(list: (names(in: "/dev") ?? ["unreadable"]).filter { !usual.contains($0) })
            },
            Probe(.device(.tiocsti)) { _ in
                let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
                return descriptor < 0 ? .errno(errno) : .value("has a terminal")
            },
        ]
        + [
            (.mem, "mem"), (.kmem, "kmem"), (.kvm, "kvm"), (.fuse, "fuse"), (.sda, "sda"), (.vda, "vda"),
            (.nvme0n1, "nvme0n1"), (.tun, "net/tun"), (.loopControl, "loop-control"), (.vhostNet, "vhost-net"),
            (.dri, "dri"),
        ].map { (probe: DeviceProbe, name: String) in Probe(.device(probe)) { _ in opening("/dev/\(name)", O_RDONLY) } }

    /// The default devices (OCI runtime-spec, config-linux.md "Default Devices"), with the links and file systems
    /// beside them.
    private static let usual: Set<String> = [
        "console", "core", "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout",
        "tty", "urandom", "zero",
    ]
}
