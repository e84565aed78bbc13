// SPDX-License-Identifier: Apache-2.0

import CProbe
import Claims
import Glibc

extension ProbeCatalogue {
    /// Sockets: there must be none of container engines or desktops, and no listener.
    static let network: [Probe] =
        [
            Probe(.network(.interfaces)) { _ in ProbeOutcome(list: (names(in: "/sys/class/net") ?? ["unreadable"])) },
            Probe(.network(.abstract)) { _ in ProbeOutcome(list: abstractSockets()) },
            Probe(.network(.listen)) { _ in ProbeOutcome(list: listening()) },
            Probe(.network(.routeLocalnet)) { _ in
                .value(lines(of: "/proc/sys/net/ipv4/conf/all/route_localnet")?.first.map(String.init) ?? "absent")
            },
        ]
        + [
            (.docker, "/var/run/docker.sock"), (.dockerRun, "/run/docker.sock"),
            (.containerd, "/run/containerd/containerd.sock"), (.podman, "/run/podman/podman.sock"),
            (.crio, "/var/run/crio/crio.sock"), (.dbus, "/run/dbus/system_bus_socket"),
        ].map { (probe: SocketProbe, path: String) in
            Probe(.socket(probe)) { _ in path.withCString { ProbeOutcome(call: Int(cprobe_connect_unix($0))) } }
        }

    /// Names in the abstract namespace (unix(7)). They belong to the network namespace, so a shared one shows those of
    /// the host's programs.
    private static func abstractSockets() -> [String] {
        (lines(of: "/proc/net/unix") ?? []).compactMap { $0.split(separator: " ").last }
            .filter { $0.hasPrefix("@") }.map(String.init).sorted()
    }

    /// The local addresses of TCP sockets in the state LISTEN (0A; proc(5), /proc/net/tcp), without Docker's resolver,
    /// 127.0.0.11 in every user-defined network.
    private static func listening() -> [String] {
        ["tcp", "tcp6"].flatMap { table in
            (lines(of: "/proc/net/\(table)") ?? []).dropFirst().compactMap { line -> String? in
                let words = line.split(separator: " ")
                return words.count > 3 && words[3] == "0A" && !words[1].hasPrefix("0B00007F:")
                    ? "\(table) \(words[1])" : nil
            }
        }.sorted()
    }
}
