// SPDX-License-Identifier: Apache-2.0

/// Sockets of the host's container engines and message bus.
package enum SocketProbe: String, ProbeTopic {
    case docker = "sock.docker"
    case dockerRun = "sock.docker_run"
    case containerd = "sock.containerd"
    case podman = "sock.podman"
    case crio = "sock.crio"
    case dbus = "sock.dbus"
}

extension ProbeID {
    /// The probe of the topic.
    package static func socket(_ probe: SocketProbe) -> ProbeID { ProbeID(probe) }
}
