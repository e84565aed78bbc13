// SPDX-License-Identifier: Apache-2.0

import Engine

/// What is known beforehand of the container that will be judged; every expectation follows from it.
package struct ExpectedContainer: Hashable, Sendable {
    /// The id of the user.
    package var userID: UInt32
    /// The user's group.
    package var groupID: UInt32
    /// What root may do, which is also every process's bounding set.
    package var capabilities: Set<Capability>
    /// The name the container was given.
    package var hostname: String
    /// How many processes there may be; `nil` when nothing limits them or the machine cannot.
    package var processLimit: Int?
    /// Whether the root file system is read-only.
    package var readOnlyRoot: Bool
    /// The mounts below none of /proc, /sys and /dev, as `target:ro|rw`.
    package var mounts: [String]
    /// Mount points that host file systems on disk may have.
    package var bindTargets: [String]
    /// Unix sockets of the image's own services.
    package var sockets: [String]
    /// Whether the user can become root by asking.
    package var hasSudo: Bool
    /// Whether a directory to work in was mounted.
    package var hasWorkspace: Bool
    /// Whether the world outside can be reached.
    package var hasNetwork: Bool
    /// Probes whose answer the engine decides and nobody can change: they are printed as facts.
    var engineDefined: Set<String>
    /// Whether the container's root is an ordinary user of the machine.
    package var rootless: Bool
    /// Debian's name of the image's release.
    package var codename: String

    /// Expectations' ground, item by item.
    package init(
        userID: UInt32, groupID: UInt32, capabilities: Set<Capability>, hostname: String, processLimit: Int?,
        readOnlyRoot: Bool, mounts: [String], bindTargets: [String], sockets: [String], hasSudo: Bool,
        hasWorkspace: Bool, hasNetwork: Bool, engineDefined: Set<String> = [], rootless: Bool = false,
        codename: String = "bookworm"
    ) {
        self.userID = userID
        self.groupID = groupID
        self.capabilities = capabilities
        self.hostname = hostname
        self.processLimit = processLimit
        self.readOnlyRoot = readOnlyRoot
        self.mounts = mounts
        self.bindTargets = bindTargets
        self.sockets = sockets
        self.hasSudo = hasSudo
        self.hasWorkspace = hasWorkspace
        self.hasNetwork = hasNetwork
        self.engineDefined = engineDefined
        self.rootless = rootless
        self.codename = codename
    }

    /// The `Cap` lines of `/proc/<pid>/status` for what root may do: sixteen hexadecimal digits (proc(5)).
    var capabilityDigits: String {
        let digits = String(capabilities.mask, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
