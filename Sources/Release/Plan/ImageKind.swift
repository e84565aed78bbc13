// SPDX-License-Identifier: Apache-2.0

import Core

/// Whether the image of a release contains the agent. Git has one tag per version for both kinds; the image tags
/// differ, so that images of both kinds never replace each other in a registry.
package enum ImageKind: String, Hashable, Codable, Sendable {
    /// Debian and the agent.
    case full
    /// Debian alone.
    case base

    /// The suffix of its tags, and of its label `org.opencontainers.image.version`.
    var suffix: String { self == .base ? SemanticVersion.baseSuffix : "" }

    /// The tags of an image of `version`: its own, which never moves, then those that move forward to it.
    package func tags(of version: SemanticVersion) -> [String] {
        let (major, minor) = (version.major, version.minor)
        return [version.description, "\(major).\(minor)", "\(major)", "latest"].map { $0 + suffix }
    }
}
