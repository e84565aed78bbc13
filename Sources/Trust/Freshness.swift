// SPDX-License-Identifier: Apache-2.0

import Core
import Signing

/// Whether a heartbeat shows that a version was checked for updates recently, and is the newest.
package enum Freshness: Hashable, Sendable {
    /// Checked at this time, and the newest version.
    case fresh(Timestamp)
    /// A newer version existed at this time.
    case outdated(newest: SemanticVersion, Timestamp)
    /// The last heartbeat, of this time, has expired.
    case stale(Timestamp)
    /// There is no valid heartbeat.
    case unknown

    /// A warning for the user; `nil` when the version is fresh.
    package var warning: String? {
        if case .fresh = self { return nil }
        return clause
    }

    var clause: String {
        switch self {
        case .fresh(let time): "the last check for security updates was at \(time)"
        case .outdated(let newest, let time): "version \(newest) was available at \(time)"
        case .stale(let time): "there was no check for security updates since \(time)"
        case .unknown: "it has no signed record of a check for security updates"
        }
    }
}

extension Freshness {
    /// The freshness of `version` at `now`, by the newest heartbeat that is not from the future.
    init(of version: SemanticVersion, at now: Timestamp, by heartbeats: [Heartbeat?]) {
        // A tolerance of one day for differing clocks.
        let latest = Timestamp(seconds: now.seconds + 86_400)
        let known = heartbeats.compactMap(\.self).filter { $0.checkedAt <= latest }
        guard let newest = known.max(by: { $0.checkedAt < $1.checkedAt }) else {
            self = .unknown
            return
        }
        if newest.validUntil < now {
            self = .stale(newest.checkedAt)
        } else if version < newest.version {
            self = .outdated(newest: newest.version, newest.checkedAt)
        } else {
            self = .fresh(newest.checkedAt)
        }
    }
}
