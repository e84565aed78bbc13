// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Waits for sockets (poll(2)).
enum SocketWait {
    /// Whether one of `events` happens at `socket` in time.
    static func isReady(_ socket: Int32, _ events: Int32, milliseconds: Int32) -> Bool {
        var requests = [pollfd(fd: socket, events: Int16(events), revents: 0)]
        return wait(&requests, milliseconds: milliseconds)
    }

    /// Waits for one of `requests`, in which the answers are; returns whether there is one in time.
    static func wait(_ requests: inout [pollfd], milliseconds: Int32) -> Bool {
        while true {
            let count = poll(&requests, nfds_t(requests.count), milliseconds)
            if count < 0 && errno == EINTR { continue }
            return count > 0
        }
    }
}
