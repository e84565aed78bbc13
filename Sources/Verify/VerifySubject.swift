// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import SystemPackage

/// What is to be verified: plain values, put together by the caller.
package struct VerifySubject: Hashable, Sendable {
    /// The image's digest.
    package var image: Digest
    /// The digest of the hardening profile as it was read.
    package var profile: Digest
    /// The container exactly as `run` would start it; only the command behind its entrypoint is replaced.
    package var plan: ContainerPlan
    /// The image's entrypoint, which the command is put behind.
    package var entrypoint: [String]
    /// The id and group that the entrypoint gives the user.
    package var userID: UInt32
    /// The user's group.
    package var groupID: UInt32
    /// The image's labels.
    package var labels: [String: String]
    /// The image's health check as its configuration has it: `CMD` and arguments, or `CMD-SHELL` and a line; empty when
    /// there is none.
    package var healthCheck: [String]
    /// Debian's name of the release, as the lock says it.
    package var codename: String
    /// What the lock says is in the image.
    package var packages: [InstalledPackage]
    /// What is claimed.
    package var claims: [Claim]
    /// Where the user's directory is seen in the container, when there is one.
    package var workspace: String?
    /// Whether a package may be installed for real, from the network.
    package var installs: Bool
    /// What the image is made of, for the report.
    package var composition: ImageComposition?
    /// A random token that is handed over as a credential is, and must be found nowhere else: hexadecimal digits.
    package var secret: String
    /// A name that is resolved from inside, to see that names can be; `nil` when the machine knows none.
    package var knownHost: String?
    /// Where the caller keeps images' blobs, which must not come to hold the token.
    package var storage: FilePath?

    /// The token that a second container's traces follow from: not the secret itself, for it stands in arguments.
    var peerToken: String { String(Digest(of: Array(secret.utf8)).hex.prefix(24)) }

    /// A subject; user 1000 without a workspace, and nothing is installed unless asked for.
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

    /// A package by what dpkg knows it by.
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
