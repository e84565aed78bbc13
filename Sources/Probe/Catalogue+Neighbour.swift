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
        with("peer.network") { neighbour, _ in
            let heard = cprobe_connect_loopback(neighbour.port)
            guard heard >= 0 else { return .errno(-heard) }
            defer { close(heard) }
            let said = String(decoding: Bytes.readAll(heard, limit: 256), as: UTF8.self)
            return .value(said == neighbour.token ? "found" : "somebody else")
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

    private static func with(_ id: String, _ look: @escaping @Sendable (Neighbour, Setting) -> Outcome) -> Probe {
        Probe(id) { setting in setting.neighbour.map { look($0, setting) } ?? .skipped("there is no other container") }
    }
}
