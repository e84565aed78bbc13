// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Tunnel

/// Passes each connection to a port of the container's loopback interface on to the proxy's socket.
struct LoopbackServer {
    private static let maximumConnections = 256
    /// The answer to a connection while nobody serves the socket.
    private static let unavailable = Array(
        """
        HTTP/1.1 502 Bad Gateway\r
        Content-Type: text/plain\r
        Connection: close\r
        \r
        opencode-docker: there is no network: the proxy outside of the container has ended.

        """.utf8)

    private let listener: Int32
    private let socket: String
    private var tunnels: [Tunnel] = []

    private init(listener: Int32, socket: String) { (self.listener, self.socket) = (listener, socket) }

    /// Serves the port in another process, which is no child of this one.
    static func start(port: UInt16, socket: String) {
        guard let tried = ProxySocket.connect(socket) else {
            Failure.end("there is no network: the proxy does not serve '\(socket)'", status: 2)
        }
        close(tried)
        guard let listener = listen(port) else {
            let reason = String(cString: strerror(errno))
            Failure.end("there is no network: 127.0.0.1:\(port) cannot be served: \(reason)", status: 2)
        }
        let child = clinux_fork()
        guard child >= 0 else { Failure.end("there is no network: a process cannot be started", status: 2) }
        if child > 0 {
            close(listener)
            waitpid(child, nil, 0)
            return
        }
        setsid()
        if clinux_fork() != 0 { _exit(0) }
        detach()
        var server = LoopbackServer(listener: listener, socket: socket)
        server.serve()
    }

    private static func listen(_ port: UInt16) -> Int32? {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return nil }
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let isBound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        return isBound && Glibc.listen(socket, 128) == 0 ? socket : nil
    }

    /// Leaves the terminal, the working directory and the signals of the command to the command.
    private static func detach() {
        _ = chdir("/")
        let null = open("/dev/null", O_RDWR)
        for descriptor in 0...2 { dup2(null, Int32(descriptor)) }
        for number in [SIGHUP, SIGINT, SIGQUIT, SIGPIPE] { signal(number, SIG_IGN) }
    }

    private mutating func serve() -> Never {
        while true {
            let isFull = tunnels.count >= Self.maximumConnections
            var requests = [pollfd(fd: isFull ? -1 : listener, events: Int16(POLLIN), revents: 0)]
            for tunnel in tunnels { requests += tunnel.requests }
            guard poll(&requests, nfds_t(requests.count), -1) > 0 else { continue }
            for (index, tunnel) in tunnels.enumerated() { tunnel.proceed(requests[(2 * index + 1)...(2 * index + 2)]) }
            tunnels.removeAll { tunnel in
                guard tunnel.isFinished else { return false }
                close(tunnel.first)
                close(tunnel.second)
                return true
            }
            if requests[0].revents != 0 { accept() }
        }
    }

    private mutating func accept() {
        let client = Glibc.accept(listener, nil, nil)
        guard client >= 0 else {
            if errno == EMFILE || errno == ENFILE { usleep(50_000) }
            return
        }
        guard let proxy = ProxySocket.connect(socket) else {
            return refuse(client)
        }
        var yes: Int32 = 1
        setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        tunnels.append(Tunnel(client, proxy))
    }

    /// Answers a client, and reads its request first, so that the answer arrives before the connection ends.
    private func refuse(_ client: Int32) {
        var request = pollfd(fd: client, events: Int16(POLLIN), revents: 0)
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        if poll(&request, 1, 200) > 0 { recv(client, &buffer, buffer.count, Int32(MSG_DONTWAIT)) }
        _ = send(client, Self.unavailable, Self.unavailable.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        close(client)
    }
}
