// SPDX-License-Identifier: Apache-2.0

import OCI
import SystemPackage

/// Settings of Docker and Podman beyond a container's plan.
package struct ContainerSettings: Hashable, Sendable {
    /// The image: an ID or a name that the engine knows. It is never pulled.
    package var image: String
    /// The file of the profile's seccomp filter; required when the profile has one.
    package var seccompFile: FilePath?
    /// The container's health check.
    package var health: HealthMode
    /// The mapping between users of the container and of the host.
    package var userMapping: UserMapping
    /// The engine's network to join when the profile's network is open; `nil` for the default network.
    package var networkName: String?
    /// Where the container's standard streams are connected.
    package var attachment: Attachment
    /// Whether the engine removes the container when it ends.
    package var removesItself: Bool
    /// How variables are passed to the engine's client.
    package var variables: VariablePassing
    /// The file to which the engine's client writes the container's ID; it must not exist.
    package var identifierFile: FilePath?

    /// Settings for a container of `image` that runs in the background and stays until it is removed.
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

/// The source of a container's health check.
package enum HealthMode: Hashable, Sendable {
    /// The engine, with the image's check.
    case image
    /// No health check.
    case off
    /// The engine, with this check in place of the image's.
    case check(HealthCheck)
}

/// The mapping between users of the container and of the host.
package enum UserMapping: Hashable, Sendable {
    /// The engine's default.
    case engine
    /// Maps the caller of a rootless Podman to this user of the container, with the ownership of files. Docker has no
    /// such option and gets none.
    case caller(uid: UInt32, gid: UInt32)
}

/// Where a container's standard streams are connected.
package enum Attachment: Hashable, Sendable {
    /// The engine's log; the call returns at once with the container's ID.
    case background
    /// The caller only: the engine keeps no copy. Standard input is connected only if `input` is true.
    case caller(input: Bool)
}
