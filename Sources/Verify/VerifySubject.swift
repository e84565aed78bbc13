// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import Engine
import SystemPackage

/// The subject of a verification, assembled by the caller.
package struct VerifySubject: Hashable, Sendable {
    /// The image's digest.
    package var image: Digest
    /// The digest of the hardening profile as it was read.
    package var profile: Digest
    /// The container exactly as `run` would start it; only the command behind its entrypoint is replaced.
    package var plan: ContainerPlan
    /// The image's entrypoint, which runs the command.
    package var entrypoint: [String]
    /// The UID that the entrypoint changes to.
    package var userID: UInt32
    /// The GID that the entrypoint changes to.
    package var groupID: UInt32
    /// The image's labels.
    package var labels: [String: String]
    /// The image's health check as its configuration has it: `CMD` and arguments, or `CMD-SHELL` and a line; empty when
    /// there is none.
    package var healthCheck: [String]
    /// The codename of the Debian release, from the lock.
    package var codename: String
    /// The packages of the lock.
    package var packages: [InstalledPackage]
    /// The claims to verify.
    package var claims: [Claim]
    /// The user's workspace in the container, if any.
    package var workspace: String?
    /// Whether a package may be installed from the network.
    package var installs: Bool
    /// What the image is made of, for the report.
    package var composition: ImageComposition?
    /// A random token that is passed as a credential, and must be found nowhere else: hexadecimal digits.
    package var secret: String
    /// A host name to resolve inside the container; `nil` when the machine resolves none.
    package var knownHost: String?
    /// The caller's image store, which must not contain the token.
    package var storage: FilePath?

    /// The token of the peer container's traces: not the secret itself, because it is passed as an argument.
    var peerToken: String { String(Digest(of: Array(secret.utf8)).hex.prefix(24)) }

    /// Creates a subject: by default UID 1000, no workspace, and no package installation.
    package init(
        image: Digest, profile: Digest, plan: ContainerPlan, entrypoint: [String], userID: UInt32 = 1000,
        groupID: UInt32 = 1000, labels: [String: String], healthCheck: [String], codename: String = "bookworm",
        packages: [InstalledPackage], claims: [Claim], workspace: String? = nil, installs: Bool = false,
        composition: ImageComposition? = nil, secret: String, knownHost: String? = nil,
        storage: FilePath? = nil
    ) {
        self.image = image
        self.profile = profile
        self.plan = plan
        self.entrypoint = entrypoint
        self.userID = userID
        self.groupID = groupID
        self.labels = labels
        self.healthCheck = healthCheck
        self.codename = codename
        self.packages = packages
        self.claims = claims
        self.workspace = workspace
        self.installs = installs
        self.composition = composition
        self.secret = secret
        self.knownHost = knownHost
        self.storage = storage
    }
}

/// A package of the lock, or of dpkg's database.
package struct InstalledPackage: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Its name.
    package let name: String
    /// Its version, epoch and revision included.
    package let version: String
    /// `amd64`, `arm64` or `all`.
    package let architecture: String

    /// Creates a package from dpkg's key fields.
    package init(name: String, version: String, architecture: String) {
        self.name = name
        self.version = version
        self.architecture = architecture
    }

    package var description: String { "\(name):\(architecture)=\(version)" }

    package static func < (left: InstalledPackage, right: InstalledPackage) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}
