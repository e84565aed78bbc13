// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Copies bytes between two connected stream sockets, in both directions and without blocking, until both have ended.
///
/// The caller waits with poll(2) for `requests`, and gives the answers to `proceed`. It closes the sockets.
package final class Tunnel {
    /// One socket.
    package let first: Int32
    /// The other one.
    package let second: Int32
    private var forth: OneWay
    private var back: OneWay

    /// A tunnel between two sockets.
    ///
    /// - Parameter pending: Bytes that were read from the first socket before.
    package init(_ first: Int32, _ second: Int32, pending: [UInt8] = []) {
        (self.first, self.second) = (first, second)
        forth = OneWay(from: first, to: second, pending: pending)
        back = OneWay(from: second, to: first)
    }

    /// Whether both directions have ended.
    package var isFinished: Bool { forth.isFinished && back.isFinished }

    /// What to wait for at the two sockets (poll(2)); nothing at a socket that has nothing more to do.
    package var requests: [pollfd] {
        [request(first, reading: forth, writing: back), request(second, reading: back, writing: forth)]
    }

    /// Copies what can be copied without blocking.
    ///
    /// - Parameter answers: The answers to `requests`.
    package func proceed(_ answers: some Collection<pollfd>) {
        let broken = Int16(POLLERR | POLLHUP | POLLNVAL)
        let (one, other) = (answers.first?.revents ?? 0, answers.dropFirst().first?.revents ?? 0)
        forth.proceed()
        back.proceed()
        // Nobody receives at the other end of a socket that has hung up; what it sent before was read above.
        if one & broken != 0 { back.abandon() }
        if other & broken != 0 { forth.abandon() }
    }

    private func request(_ socket: Int32, reading: OneWay, writing: OneWay) -> pollfd {
        let events = (reading.isReading ? POLLIN : 0) | (writing.isWriting ? POLLOUT : 0)
        let isNeeded = events != 0 || !writing.isFinished
        return pollfd(fd: isNeeded ? socket : -1, events: Int16(events), revents: 0)
    }
}

/// One direction of a tunnel.
private struct OneWay {
    private static let bufferSize = 1 << 15

    private let source: Int32
    private let target: Int32
    private var buffer: [UInt8]
    private var start = 0
    private var end: Int
    private var hasEnded = false
    /// Whether everything was delivered and the end was passed on, or the target does not receive any more.
    private(set) var isFinished = false

    init(from source: Int32, to target: Int32, pending: [UInt8] = []) {
        (self.source, self.target, buffer, end) = (source, target, pending, pending.count)
    }

    /// Whether it waits for bytes of the source.
    var isReading: Bool { !hasEnded && !isFinished && start == end }

    /// Whether bytes wait for the target.
    var isWriting: Bool { start < end && !isFinished }

    /// Reads and writes until one of the sockets would block.
    mutating func proceed() {
        // Bounded, so that one fast direction does not hold up the others.
        for _ in 0..<16 where !isFinished {
            if isWriting { guard write() else { return } }
            guard isReading, read() else { break }
        }
        if hasEnded && !isWriting && !isFinished {
            shutdown(target, Int32(SHUT_WR))
            isFinished = true
        }
    }

    /// Ends the direction without delivering what it holds.
    mutating func abandon() {
        guard !isFinished else { return }
        (isFinished, start, end) = (true, 0, 0)
        shutdown(source, Int32(SHUT_RD))
    }

    /// Returns whether everything was written.
    private mutating func write() -> Bool {
        while start < end {
            let count = buffer.withUnsafeBytes {
                send(target, $0.baseAddress.map { $0 + start }, end - start, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { return false }
            guard count > 0 else {
                abandon()
                return false
            }
            start += count
        }
        return true
    }

    /// Returns whether there are bytes to write.
    private mutating func read() -> Bool {
        if buffer.count < Self.bufferSize { buffer = [UInt8](repeating: 0, count: Self.bufferSize) }
        var count = buffer.withUnsafeMutableBytes { recv(source, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)) }
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return false }
        // An error ends the direction as an end of file does: there is nobody to tell.
        if count < 0 { count = 0 }
        (start, end, hasEnded) = (0, count, count == 0)
        return count > 0
    }
}
