// SPDX-License-Identifier: Apache-2.0

import Core

/// What the image of a release holds. Git has one tag for a version, whatever is in its image; the image's own tags say
/// what is in it, so that images of both kinds never take each other's place in a registry.
package enum ImageKind: String, Hashable, Codable, Sendable {
    /// Debian and the agent.
    case full
    /// Debian alone.
    case base

    /// What ends its tags, and its label `org.opencontainers.image.version`.
    var suffix: String { self == .base ? SemanticVersion.baseSuffix : "" }

    /// The tags of an image of `version`: its own, which never moves, then those that move forward to it.
    package func tags(of version: SemanticVersion) -> [String] {
        let (major, minor) = (version.major, version.minor)
        return [version.description, "\(major).\(minor)", "\(major)", "latest"].map { $0 + suffix }
    }
}
