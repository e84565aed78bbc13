// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The beginning of an SSH server on standard input and output, up to the client's check of the host key (RFC 4253, RFC
/// 8731). OpenSSH's client decides about the key, and remembers it, before it checks the signature: a signature of
/// zeros suffices to see the decision, without cryptography.
struct SSHServer {
    private var packet: [UInt8] = []

    /// GitHub's Ed25519 host key, as GitHub publishes it (api.github.com/meta).
    private static let gitHub: [UInt8] = [
        0xe3, 0x2a, 0xaa, 0x79, 0x15, 0xce, 0xb9, 0xb4, 0x49, 0xd1, 0xba, 0x50, 0xea, 0x2a, 0x28, 0xbb,
        0x1a, 0x6e, 0x01, 0xf9, 0x0b, 0xda, 0x24, 0x5a, 0x2d, 0x1d, 0x87, 0x69, 0x7d, 0x18, 0xa2, 0x65,
    ]

    /// Serves one client and exits. The key is `github`, or 32 times the first byte of `hostKey`.
    static func serve(hostKey: String) -> Never {
        let key = hostKey == "github" ? gitHub : Array(repeating: hostKey.utf8.first ?? 0, count: 32)
        Console.write("SSH-2.0-probe\r\n", to: STDOUT_FILENO)
        send(greeting())
        send(answer(key))
        // Reads until the client disconnects.
        _ = Bytes.readAll(STDIN_FILENO, limit: 1 << 20)
        exit(0)
    }

    /// SSH_MSG_KEXINIT (20), with one algorithm of each kind.
    private static func greeting() -> SSHServer {
        var message = SSHServer(packet: [20] + Array(repeating: 7, count: 16))
        for names in [
            "curve25519-sha256", "ssh-ed25519", "aes128-ctr", "aes128-ctr", "hmac-sha2-256", "hmac-sha2-256", "none",
            "none", "", "",
        ] { message.add(Array(names.utf8)) }
        message.packet += [0, 0, 0, 0, 0]
        return message
    }

    /// SSH_MSG_KEX_ECDH_REPLY (31): host key, a public value (the base point), an invalid signature.
    private static func answer(_ key: [UInt8]) -> SSHServer {
        var (hostKey, signature) = (SSHServer(), SSHServer())
        for part in [Array("ssh-ed25519".utf8), key] { hostKey.add(part) }
        for part in [Array("ssh-ed25519".utf8), Array(repeating: 0, count: 64)] { signature.add(part) }
        var message = SSHServer(packet: [31])
        for part in [hostKey.packet, [9] + Array(repeating: 0, count: 31), signature.packet] { message.add(part) }
        return message
    }

    private mutating func add(_ bytes: [UInt8]) {
        packet += SSHServer.number(bytes.count) + bytes
    }

    private static func number(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// Sends a packet of the binary protocol without encryption (RFC 4253 section 6): at least four bytes of padding, a
    /// multiple of eight bytes in total.
    private static func send(_ message: SSHServer) {
        let padding = 12 - (message.packet.count + 5 + 4) % 8
        let bytes =
            number(message.packet.count + padding + 1) + [UInt8(padding)] + message.packet
            + Array(repeating: 0, count: padding)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count <= 0 { exit(1) }
            sent += count
        }
    }
}
