// SPDX-License-Identifier: Apache-2.0

import Glibc
import Tunnel

/// One connection of a container to the proxy. Every byte that it receives was chosen by the container.
struct ProxyConnection {
    /// The milliseconds to wait for a part of the request, and for the last bytes of a client that was refused.
    private static let waiting: (part: Int32, rest: Int32) = (10_000, 200)
    private static let mostParts = 64
    /// The milliseconds without a byte after which a tunnel ends.
    private static let idle: Int32 = 3_600_000

    let socket: Int32
    let policy: NetworkPolicy
    let connector: Connector
    /// Called with each refusal; `nil` for the destination of a request that could not be read.
    let refused: (Destination?, NetworkRefusal?) -> Void

    /// Serves the request, then copies until the tunnel ends.
    func serve() {
        var input = Input(socket: socket)
        guard let first = input.first() else { return }
        if first == 5 { serveSOCKS(&input) } else { serveHTTP(&input) }
    }

    private func serveHTTP(_ input: inout Input) {
        let head: HTTPRequestHead
        do { head = try input.head() } catch {
            refused(nil, nil)
            return answer(.init(error))
        }
        switch open(head.destination) {
        case .failure(let failure): answer(HTTPAnswer(failure, of: head.destination))
        case .success(let upstream):
            defer { close(upstream) }
            if let forwarded = head.forwarded {
                guard Self.send(forwarded, to: upstream) else {
                    return answer(HTTPAnswer(.unreachable, of: head.destination))
                }
            } else {
                guard Self.send(HTTPAnswer.established, to: socket) else { return }
            }
            tunnel(to: upstream, pending: input.rest)
        }
    }

    private func serveSOCKS(_ input: inout Input) {
        guard let isServed = input.message(SOCKSMessage.greeting) else { return fault(SOCKSMessage.rejection) }
        guard case .success(true) = isServed else { return fault(SOCKSMessage.rejection) }
        guard Self.send(SOCKSMessage.acceptance, to: socket) else { return }
        switch input.message(SOCKSMessage.request) {
        case nil: fault([])
        case .failure(let reply)?: fault(reply.message)
        case .success(let destination)?:
            switch open(destination) {
            case .failure(let failure): _ = Self.send(failure.reply.message, to: socket)
            case .success(let upstream):
                defer { close(upstream) }
                guard Self.send(SOCKSMessage.Reply.succeeded.message, to: socket) else { return }
                tunnel(to: upstream, pending: input.rest)
            }
        }
    }

    private func fault(_ message: [UInt8]) {
        refused(nil, nil)
        if !message.isEmpty { _ = Self.send(message, to: socket) }
    }

    /// A connected socket, when the policy allows the destination.
    private func open(_ destination: Destination) -> Result<Int32, ConnectionFailure> {
        let permitsReserved: Bool
        switch policy.decision(for: destination) {
        case .refused(let refusal): return refuse(destination, refusal)
        case .open: permitsReserved = true
        case .allowed(let rule): permitsReserved = rule.namesHost
        }
        switch connector.connect(to: destination, permitsReserved: permitsReserved) {
        case .connected(let upstream): return .success(upstream)
        case .reserved(let address): return refuse(destination, .reserved(address))
        case .unresolved: return .failure(.unresolved)
        case .timedOut: return .failure(.timedOut)
        case .unreachable: return .failure(.unreachable)
        }
    }

    private func refuse(_ destination: Destination, _ refusal: NetworkRefusal) -> Result<Int32, ConnectionFailure> {
        refused(destination, refusal)
        return .failure(.refused(refusal))
    }

    private func tunnel(to upstream: Int32, pending: [UInt8]) {
        let tunnel = Tunnel(socket, upstream, pending: pending)
        tunnel.proceed([])
        while !tunnel.isFinished {
            var requests = tunnel.requests
            guard SocketWait.wait(&requests, milliseconds: Self.idle) else { return }
            tunnel.proceed(requests)
        }
    }

    /// Answers, then reads what the client still sends, so that it reads the answer before its connection ends.
    private func answer(_ answer: HTTPAnswer) {
        guard Self.send(answer.bytes, to: socket) else { return }
        shutdown(socket, Int32(SHUT_WR))
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        for _ in 0..<Self.mostParts {
            guard SocketWait.isReady(socket, POLLIN, milliseconds: Self.waiting.rest),
                recv(socket, &buffer, buffer.count, 0) > 0
            else { return }
        }
    }

    /// Sends all bytes to a socket that takes them in time; returns whether it did.
    private static func send(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var start = 0
        while start < bytes.count {
            guard SocketWait.isReady(socket, POLLOUT, milliseconds: waiting.part) else { return false }
            let count = bytes[start...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0 && (errno == EAGAIN || errno == EINTR) { continue }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }
}

extension ProxyConnection {
    /// The bytes of a request: at most the limit of a head, in a bounded number of parts.
    private struct Input {
        let socket: Int32
        private(set) var rest: [UInt8] = []
        private var parts = 0

        init(socket: Int32) { self.socket = socket }

        /// The first byte; `nil` for a connection without any.
        mutating func first() -> UInt8? { !rest.isEmpty || receive() ? rest.first : nil }

        /// The head of an HTTP request.
        mutating func head() throws(HTTPRequestHead.Fault) -> HTTPRequestHead {
            while true {
                if let end = HTTPRequestHead.end(in: rest) {
                    defer { rest.removeFirst(end) }
                    return try HTTPRequestHead(Array(rest[..<end]))
                }
                guard rest.count <= HTTPRequestHead.limit else { throw .tooLarge }
                guard receive() else { throw .malformed }
            }
        }

        /// A message of SOCKS; `nil` when it is not complete in time.
        mutating func message<Value>(
            _ parse: ([UInt8]) -> SOCKSMessage.Parsed<Value>
        ) -> Result<Value, SOCKSMessage.Reply>? {
            while true {
                switch parse(rest) {
                case .refused(let reply): return .failure(reply)
                case .complete(let value, let length):
                    rest.removeFirst(length)
                    return .success(value)
                case .incomplete: guard receive() else { return nil }
                }
            }
        }

        private mutating func receive() -> Bool {
            guard parts < mostParts, SocketWait.isReady(socket, POLLIN, milliseconds: waiting.part) else {
                return false
            }
            parts += 1
            var buffer = [UInt8](repeating: 0, count: 1 << 12)
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { return false }
            rest += buffer[..<count]
            return true
        }
    }
}
