// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Length-prefixed messages over a connected socket.
struct AgentConnection {
    let socket: Int32

    /// The next message; `nil` at the end, or when it exceeds the maximum length.
    func receive() -> [UInt8]? {
        guard let head = read(4) else { return nil }
        let length = head.reduce(0) { $0 << 8 | Int($1) }
        guard length > 0, length <= AgentFilter.maximumLength else { return nil }
        return read(length)
    }

    /// Sends a message; returns whether it succeeded.
    func send(_ message: [UInt8]) -> Bool {
        var rest = SSHWriter.string(message)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func read(_ count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(count, 1 << 14))
        while bytes.count < count {
            let wanted = min(buffer.count, count - bytes.count)
            let got = buffer.withUnsafeMutableBytes { recv(socket, $0.baseAddress, wanted, 0) }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { return nil }
            bytes += buffer[..<got]
        }
        return bytes
    }
}
