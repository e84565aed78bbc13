// SPDX-License-Identifier: Apache-2.0

import CProbe
import Glibc

extension Catalogue {
    /// Another container that runs at the same time: nothing of it may be found.
    static let neighbour: [Probe] = [
        with("peer.processes") { neighbour, _ in
            let all = (names(in: "/proc") ?? []).filter { $0.utf8.allSatisfy { (48...57).contains($0) } }
            return Outcome(list: all.filter { lines(of: "/proc/\($0)/comm")?.first == neighbour.processName[...] })
        },
        with("peer.files") { neighbour, setting in
            Outcome(list: neighbour.places(workspace: setting.workspace).filter { access($0, F_OK) == 0 })
        },
        with("peer.network") { neighbour, setting in
            // Its own address, and what the machine publishes of it; each may take 600 ms, and nothing else listens there.
            for address in setting.neighbourAddresses.prefix(3) + IPv4Address.gateways.prefix(1) {
                let heard = cprobe_connect_within(address.number, neighbour.port, 600)
                if heard >= 0, said(heard) == neighbour.token { return .value("found at \(address.text)") }
            }
            let heard = cprobe_connect_loopback(neighbour.port)
            guard heard >= 0 else { return .errno(-heard) }
            return .value(said(heard) == neighbour.token ? "found" : "somebody else")
        },
        with("peer.abstract") { neighbour, _ in
            neighbour.abstractName.withCString { Outcome(call: Int(cprobe_abstract($0, 0))) }
        },
        with("peer.memory") { neighbour, _ in Outcome(call: Int(cprobe_shmget(neighbour.memoryKey, 0, 0))) },
        // KEYCTL_SEARCH (10) of the user's keyring (-4).
        with("peer.keyring") { neighbour, _ in
            withAddress("user") { type in
                withAddress(neighbour.token) { attempt(cprobe_nr_keyctl, 10, -4, type, $0, 0) }
            }
        },
    ]

    /// What a connection says, which is closed then.
    private static func said(_ connection: Int32) -> String {
        defer { close(connection) }
        return String(decoding: Bytes.readAll(connection, limit: 256), as: UTF8.self)
    }

    private static func with(_ id: String, _ look: @escaping @Sendable (Neighbour, Setting) -> Outcome) -> Probe {
        Probe(id) { setting in setting.neighbour.map { look($0, setting) } ?? .skipped("there is no other container") }
    }
}
