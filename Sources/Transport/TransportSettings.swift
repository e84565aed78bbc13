// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// How patient and how generous transfers are.
///
/// Proxies (`https_proxy`, `no_proxy`, …) and `~/.netrc` are not here: libcurl reads both by itself.
package struct TransportSettings: Sendable, Hashable {
    /// How long finding and reaching a host may take.
    package var connectTimeout: Duration = .seconds(10)
    /// How long a transfer may crawl below 1 kB a second before it counts as stalled; whole seconds.
    package var stallTimeout: Duration = .seconds(30)
    /// How often one address is asked in a row without getting any further.
    package var attempts = 4
    /// The wait before the second attempt; it doubles from there on.
    package var backOff: Duration = .milliseconds(500)
    /// The longest single wait, also when the server asks for more (`Retry-After`, RFC 9110 section 10.2.3).
    package var longestWait: Duration = .seconds(30)
    /// How many redirects are followed.
    package var redirects = 10
    /// The most bytes that are taken for a download whose size is not known.
    package var largestDownload: UInt64 = 1 << 32
    /// What the program calls itself (RFC 9110 section 10.1.5).
    var userAgent = "opencode-docker"
    /// The file with the trusted certificates; `nil` for the system's own.
    package var certificates: FilePath?

    /// Settings for everyday networks.
    package init() {}

    /// The wait after the failed attempt number `attempt` (from 1), before what a server may have asked for.
    package func wait(after attempt: Int) -> Duration {
        min(backOff * (1 << min(max(attempt - 1, 0), 16)), longestWait)
    }
}
