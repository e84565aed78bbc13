// SPDX-License-Identifier: Apache-2.0

import Core
import Signing

/// Whether somebody looked lately for updates of a version, and found it to be the right one.
package enum Freshness: Hashable, Sendable {
    /// Looked at this moment, and it is the newest version.
    case fresh(Timestamp)
    /// A newer version was there at this moment.
    case outdated(newest: SemanticVersion, Timestamp)
    /// Nobody has said anything since this moment, although somebody should have.
    case stale(Timestamp)
    /// Nobody ever said anything that can be believed.
    case unknown

    /// What to tell the user; `nil` when all is well.
    package var warning: String? {
        if case .fresh = self { return nil }
        return clause
    }

    var clause: String {
        switch self {
        case .fresh(let time): "security updates were last looked for at \(time)"
        case .outdated(let newest, let time): "version \(newest) is there since \(time) or before"
        case .stale(let time): "nobody has looked for security updates since \(time)"
        case .unknown: "nobody says when security updates were last looked for"
        }
    }
}

extension Freshness {
    /// What can be said of `version` at `now`, by the newest of the heartbeats that is not of the future.
    init(of version: SemanticVersion, at now: Timestamp, by heartbeats: [Heartbeat?]) {
        // Clocks differ; a day is more than they do.
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
