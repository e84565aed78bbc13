// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// The timeouts, attempts and limits of transfers.
///
/// Proxies (`https_proxy`, `no_proxy`, …) and `~/.netrc` are no settings: libcurl reads both itself.
package struct TransportSettings: Sendable, Hashable {
    /// The time limit for resolving and connecting.
    package var connectTimeout: Duration = .seconds(10)
    /// How long a transfer may stay below 1 kB per second before it counts as stalled; whole seconds.
    package var stallTimeout: Duration = .seconds(30)
    /// The attempts at one address without progress.
    package var attempts = 4
    /// The delay before the second attempt; it doubles from there on.
    package var backOff: Duration = .milliseconds(500)
    /// The longest delay, also when the server requests more (`Retry-After`, RFC 9110 section 10.2.3).
    package var longestWait: Duration = .seconds(30)
    /// How many redirects are followed.
    package var redirects = 10
    /// The size limit of a download with an unknown size.
    package var largestDownload: UInt64 = 1 << 32
    /// The program's name (RFC 9110 section 10.1.5).
    var userAgent = "opencode-docker"
    /// The file with the trusted certificates; `nil` for the system's.
    package var certificates: FilePath?
    /// The one server whose connections differ.
    package var server: ServerSecurity?

    /// The default settings.
    package init() {}

    /// The delay after the failed attempt number `attempt` (from 1), without the server's.
    package func wait(after attempt: Int) -> Duration {
        min(backOff * (1 << min(max(attempt - 1, 0), 16)), longestWait)
    }
}
