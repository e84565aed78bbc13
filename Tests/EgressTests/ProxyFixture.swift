// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Egress
import Foundation
import Glibc
import Synchronization
import SystemPackage

/// A resolver with fixed answers: the first one at the first call, the last one from then on.
final class FixedResolver: HostResolver {
    private let answers: [String: [[String]]]
    private let calls = Mutex<[String: Int]>([:])

    init(_ answers: [String: [[String]]]) { self.answers = answers }

    var count: Int { calls.withLock { $0.values.reduce(0, +) } }

    func addresses(of name: HostName) -> [IPAddress] {
        let call = calls.withLock { calls in
            calls[name.text, default: 0] += 1
            return (calls[name.text] ?? 1) - 1
        }
        guard let all = answers[name.text], !all.isEmpty else { return [] }
        return all[min(call, all.count - 1)].compactMap { IPAddress($0) }
    }
}

/// A server on 127.0.0.1 that sends back what it receives, with a mark in front.
final class EchoServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let accepted = Mutex(0)

    init?() {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 300) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { return nil }
        (self.listener, port) = (listener, UInt16(bigEndian: address.sin_port))
        BackgroundThread.start { [self] in accept() }
    }

    var count: Int { accepted.withLock(\.self) }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func accept() {
        while case let socket = Glibc.accept(listener, nil, nil), socket >= 0 {
            accepted.withLock { $0 += 1 }
            BackgroundThread.start {
                send(socket, "+", 1, Int32(MSG_NOSIGNAL))
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                while case let count = recv(socket, &buffer, buffer.count, 0), count > 0 {
                    var start = 0
                    while start < count {
                        let sent = buffer[start..<count].withUnsafeBytes {
                            send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                        }
                        guard sent > 0 else { break }
                        start += sent
                    }
                }
                close(socket)
            }
        }
        close(listener)
    }
}

/// A client of the proxy's socket.
struct ProxyClient {
    let socket: Int32

    init(_ path: FilePath) throws {
        socket = try UnixSocket.connect(path)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    func send(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            start += count
        }
    }

    func end() { shutdown(socket, Int32(SHUT_WR)) }

    /// The next bytes, at most `count`, until there are so many or the connection ends.
    func read(_ count: Int = .max) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < count {
            let got = recv(socket, &buffer, min(buffer.count, count - bytes.count), 0)
            guard got > 0 else { break }
            bytes += buffer[..<got]
        }
        return bytes
    }

    func text() -> String { String(decoding: read(), as: UTF8.self) }

    func close() { Glibc.close(socket) }
}
