// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Connects the standard streams to a destination, through the proxy.
enum StandardStreams {
    private static let longestAnswer = 4096

    /// Connects, copies until both sides have ended, and ends the program.
    static func connect(to socket: String, host: String, port: String) -> Never {
        guard let proxy = ProxySocket.connect(socket) else {
            Failure.end("there is no network: the proxy outside of the container has ended", status: 2)
        }
        let host = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        let request = Array("CONNECT \(host):\(port) HTTP/1.1\r\nHost: \(host):\(port)\r\n\r\n".utf8)
        guard send(proxy, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            Failure.end("the proxy does not take the request", status: 2)
        }
        let answer = head(of: proxy)
        guard answer.hasPrefix("HTTP/1.1 200 ") else {
            let body = answer.split(separator: "\r\n\r\n").dropFirst().first.map(String.init) ?? ""
            let reason = body.split(separator: "\n").first.map(String.init) ?? "\(host):\(port) cannot be reached."
            let prefix = "opencode-docker: "
            Failure.end(reason.hasPrefix(prefix) ? String(reason.dropFirst(prefix.count)) : reason, status: 2)
        }
        let child = clinux_fork()
        if child == 0 {
            copy(from: STDIN_FILENO, to: proxy)
            shutdown(proxy, Int32(SHUT_WR))
            _exit(0)
        }
        copy(from: proxy, to: STDOUT_FILENO)
        kill(child, SIGTERM)
        exit(0)
    }

    /// The head of the answer, byte by byte: what follows belongs to the destination.
    private static func head(of socket: Int32) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < longestAnswer, recv(socket, &byte, 1, 0) == 1 {
            bytes.append(byte)
            guard bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) else { continue }
            if bytes.starts(with: "HTTP/1.1 200 ".utf8) { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func copy(from source: Int32, to target: Int32) {
        var buffer = [UInt8](repeating: 0, count: 1 << 15)
        while true {
            let count = read(source, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            var start = 0
            while start < count {
                let written = buffer[start..<count].withUnsafeBytes { write(target, $0.baseAddress, $0.count) }
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else { return }
                start += written
            }
        }
    }
}
