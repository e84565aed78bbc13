// SPDX-License-Identifier: Apache-2.0

import CProbe
import Claims
import Glibc

extension ProbeCatalogue {
    /// Another container that runs at the same time: none of its traces may be found.
    static let peer: [Probe] = [
        with(.peer(.processes)) { peer, _ in
            let all = (names(in: "/proc") ?? []).filter { $0.utf8.allSatisfy { (48...57).contains($0) } }
            return ProbeOutcome(list: all.filter { lines(of: "/proc/\($0)/comm")?.first == peer.processName[...] })
        },
        with(.peer(.files)) { peer, setting in
            ProbeOutcome(list: peer.places(workspace: setting.workspace).filter { access($0, F_OK) == 0 })
        },
        with(.peer(.network)) { peer, setting in
            // The peer's own address, and the gateway, where the host may publish its port. Each attempt may take 600
            // ms.
            for address in setting.peerAddresses.prefix(3) + IPv4Address.gateways.prefix(1) {
                let heard = cprobe_connect_within(address.number, peer.port, 600)
                if heard >= 0, said(heard) == peer.token { return .value("found at \(address.text)") }
            }
            let heard = cprobe_connect_loopback(peer.port)
            guard heard >= 0 else { return .errno(-heard) }
            return .value(said(heard) == peer.token ? "found" : "somebody else")
        },
        with(.peer(.abstract)) { peer, _ in
            peer.abstractName.withCString { ProbeOutcome(call: Int(cprobe_abstract($0, 0))) }
        },
        with(.peer(.memory)) { peer, _ in ProbeOutcome(call: Int(cprobe_shmget(peer.memoryKey, 0, 0))) },
        // KEYCTL_SEARCH (10) of the user's keyring (-4).
        with(.peer(.keyring)) { peer, _ in
            withAddress("user") { type in
                withAddress(peer.token) { attempt(cprobe_nr_keyctl, 10, -4, type, $0, 0) }
            }
        },
    ]

    /// Reads what a connection sends, then closes it.
    private static func said(_ connection: Int32) -> String {
        defer { close(connection) }
        return String(decoding: Bytes.readAll(connection, limit: 256), as: UTF8.self)
    }

    private static func with(_ id: ProbeID, _ look: @escaping @Sendable (Peer, Setting) -> ProbeOutcome) -> Probe {
        Probe(id) { setting in setting.peer.map { look($0, setting) } ?? .skipped("there is no other container") }
    }
}
