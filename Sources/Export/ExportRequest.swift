// SPDX-License-Identifier: Apache-2.0

import Engine
import OCI

/// The kinds of documents.
package enum ExportForm: String, CaseIterable, Sendable {
    /// A `devcontainer.json` (containers.dev).
    case devcontainer
    /// A Compose file with one service (compose-spec).
    case compose
    /// A Kubernetes pod that the restricted Pod Security Standard admits.
    case kubernetes

    /// The name in sentences.
    var title: String {
        switch self {
        case .devcontainer: "devcontainer.json"
        case .compose: "Compose"
        case .kubernetes: "Kubernetes"
        }
    }
}

/// A requested document.
package struct ExportRequest: Hashable, Sendable {
    /// The hardening profile, with the changes of the command line.
    package var profile: HardeningProfile
    /// The image's name, as engines know it.
    package var image: String
    /// The name of the service, pod or dev container.
    package var name: String
    /// The image's user.
    package var user: ExportedUser
    /// The working directory of the image, where the project is mounted.
    package var workspace = "/workspace"
    /// The project's directory, as the document names it. Dev containers have a variable for it, pods a volume.
    package var project = "."
    /// The PersistentVolumeClaim of a pod's workspace; `nil` for a volume that ends with the pod.
    package var claim: String?
    /// The file of the seccomp filter, as the document names it; `nil` for the engine's default filter. Each form
    /// escapes it.
    package var seccompFile: String?
    /// Whether a dev container finds `seccompFile` in the workspace of the editor's machine.
    package var isSeccompInWorkspace = false
    /// The image's health check, which Kubernetes does not read.
    package var health: HealthCheck?

    /// Creates a request.
    package init(profile: HardeningProfile, image: String, name: String, user: ExportedUser) {
        (self.profile, self.image, self.name, self.user) = (profile, image, name, user)
    }

    /// Whether there is a root in the container.
    var hasRoot: Bool { !profile.capabilities.isEmpty }

    /// Whether the home is a directory in memory by the profile.
    var hasHomeInMemory: Bool { profile.temporaryFileSystems.contains { $0.target == user.home } }
}

/// The user of an image.
package struct ExportedUser: Hashable, Sendable {
    /// The name.
    package let name: String
    /// The UID.
    package let userID: UInt32
    /// The GID.
    package let groupID: UInt32
    /// The home directory.
    package let home: String

    /// Creates a user.
    package init(name: String, userID: UInt32, groupID: UInt32, home: String) {
        (self.name, self.userID, self.groupID, self.home) = (name, userID, groupID, home)
    }
}
