// SPDX-License-Identifier: Apache-2.0

import CProbe
import Glibc

/// Another container of the same image, which leaves traces wherever two containers could share something. All its
/// names are derived from one token, so that a container that knows the token can look for them.
struct Peer: Sendable {
    let token: String

    /// The name of its process (prctl(2), PR_SET_NAME: 15 bytes).
    var processName: String { "n" + token.prefix(14) }
    var abstractName: String { "opencode-docker-" + token }
    var fileName: String { ".peer-" + token }
    /// A port and a System V IPC key, derived from the token (FNV-1a, 32 bits).
    var port: UInt16 { 20000 + UInt16(hash % 20000) }
    var memoryKey: Int { Int(hash & 0x7fff_fffe) + 1 }

    private var hash: UInt32 { token.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 } }

    /// Paths that two containers could share.
    func places(workspace: String?) -> [String] {
        (["/tmp", "/var/tmp", "/dev/shm", "/run", "/home/opencode"] + (workspace.map { [$0] } ?? []))
            .map { "\($0)/\(fileName)" }
    }

    /// `TOKEN [WORKSPACE]`: leaves the traces, reports that, and waits.
    static func live(_ arguments: ArraySlice<String>) -> Never {
        guard let token = arguments.first else { exit(64) }
        let peer = Peer(token: token)
        _ = withAddress(peer.processName) { call(cprobe_nr_prctl, 15, $0) }
        for place in peer.places(workspace: arguments.dropFirst().first) {
            close(open(place, O_CREAT | O_WRONLY | O_CLOEXEC, 0o644))
        }
        _ = cprobe_shmget(peer.memoryKey, 4096, 1)
        // Adds a key to the user's keyring (keyrings(7), -4), which has no namespace: it is shared by all processes of
        // a UID.
        _ = withAddress("user") { type in
            withAddress(token) { name in call(cprobe_nr_add_key, type, name, name, 1, -4) }
        }
        _ = peer.abstractName.withCString { cprobe_abstract($0, 1) }
        let listener = cprobe_listen(peer.port)
        for address in IPv4Address.own { Console.line("address \(address.text)") }
        Console.line("waiting")
        while true {
            let guest = listener < 0 ? pause() : accept(listener, nil, nil)
            guard guest >= 0 else { continue }
            Console.write(token, to: guest)
            close(guest)
        }
    }
}

/// A file that is written through a pipe.
enum Received {
    /// `FILE`: writes standard input to a new file that only its owner can read. Returns an exit status.
    static func keep(_ arguments: ArraySlice<String>) -> Int32 {
        guard let path = arguments.first else { return 64 }
        let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard file >= 0 else { return 1 }
        Console.write(String(decoding: Bytes.readAll(STDIN_FILENO, limit: 1 << 16), as: UTF8.self), to: file)
        return close(file) == 0 ? 0 : 1
    }
}
