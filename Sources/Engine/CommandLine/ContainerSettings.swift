// SPDX-License-Identifier: Apache-2.0

import OCI
import SystemPackage

/// What Docker and Podman have to be told of a container besides its plan.
package struct ContainerSettings: Hashable, Sendable {
    /// The image: its id, or a name that the engine knows. It is never pulled.
    package var image: String
    /// Where the profile's system call filter is on disk; needed when the profile has one.
    package var seccompFile: FilePath?
    /// Who watches the container's health.
    package var health: HealthMode
    /// How users of the container are users of the host.
    package var userMapping: UserMapping
    /// A network of the engine's to join when the profile's network is open; `nil` is the engine's usual one.
    package var networkName: String?
    /// Where the container's standard streams lead.
    package var attachment: Attachment
    /// Whether the engine removes the container when it ends.
    package var removesItself: Bool
    /// How the variables reach the engine's client.
    package var variables: VariablePassing

    /// Settings; a container of `image` that runs in the background and stays until it is removed.
    package init(
        image: String, seccompFile: FilePath? = nil, health: HealthMode = .image, userMapping: UserMapping = .engine,
        networkName: String? = nil, attachment: Attachment = .background, removesItself: Bool = false,
        variables: VariablePassing = .arguments(fromClient: [])
    ) {
        self.image = image
        self.seccompFile = seccompFile
        self.health = health
        self.userMapping = userMapping
        self.networkName = networkName
        self.attachment = attachment
        self.removesItself = removesItself
        self.variables = variables
    }
}

/// Who watches a container's health.
package enum HealthMode: Hashable, Sendable {
    /// The engine, as the image says.
    case image
    /// Nobody.
    case off
    /// The engine, with this check instead of the image's.
    case check(HealthCheck)
}

/// How users of the container are users of the host.
package enum UserMapping: Hashable, Sendable {
    /// As the engine does it.
    case engine
    /// The caller of a rootless Podman is this user in the container, and owns there what is the caller's outside.
    /// Docker has no such thing and is told nothing.
    case caller(uid: UInt32, gid: UInt32)
}

/// Where a container's standard streams lead.
package enum Attachment: Hashable, Sendable {
    /// Into the engine's log; the call returns at once with the container's id.
    case background
    /// To the caller, and nowhere else: the engine keeps no copy. Standard input only where `input` says so.
    case caller(input: Bool)
}
