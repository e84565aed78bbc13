// SPDX-License-Identifier: Apache-2.0

import ImageBuilding
import OCI
import Release
import SystemPackage

/// What is released, and where to.
package struct ReleaseSettings: Sendable {
    /// The image's repository; `nil` for the first one of the trust file.
    package var repository: String?
    /// The image layout that is written in place of the registry.
    package var layout: FilePath?
    /// The trust file of the project.
    package var trust = "trust.json"
    /// The name of the git remote, if it exists.
    package var remote = "origin"
    /// The author of the commit; `nil` for git's user.
    package var author: (name: String, mail: String)?
    /// The platforms.
    package var platforms: [Platform] = [.machine]
    /// Whether the image without the agent is released.
    package var isBase = false
    /// `opencode=FILE`, which replaces the agent's download.
    package var artifacts: [String] = []
    /// Whether the verification installs a package from the network.
    package var installs = true
    /// The compression of layers.
    package var compression = CompressionChoice.both
    /// The machine of the provenance: `local` or `github-actions`.
    package var builder = "local"
    /// The version of this program.
    package var toolVersion: String

    /// The settings of a release of everything, by this version of the program.
    package init(toolVersion: String) { self.toolVersion = toolVersion }

    /// The kind of image.
    var kind: ImageKind { isBase ? .base : .full }
}
