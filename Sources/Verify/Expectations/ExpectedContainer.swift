// SPDX-License-Identifier: Apache-2.0

import Claims
import Engine

/// The known properties of the container under test; every expectation is derived from them.
package struct ExpectedContainer: Hashable, Sendable {
    /// The UID of the user.
    package var userID: UInt32
    /// The GID of the user.
    package var groupID: UInt32
    /// The capabilities of root, which are also the bounding set of every process.
    package var capabilities: Set<Capability>
    /// The container's host name.
    package var hostname: String
    /// The maximum number of processes; `nil` when there is no limit or the machine cannot enforce it.
    package var processLimit: Int?
    /// Whether the root file system is read-only.
    package var readOnlyRoot: Bool
    /// The mounts outside of /proc, /sys and /dev, as `target:ro|rw`.
    package var mounts: [String]
    /// Mount points that may be backed by host file systems on disk.
    package var bindTargets: [String]
    /// Unix sockets of the image's own services.
    package var sockets: [String]
    /// Whether the user can become root through sudo.
    package var hasSudo: Bool
    /// Whether a workspace is mounted.
    package var hasWorkspace: Bool
    /// Whether the container has network access.
    package var hasNetwork: Bool
    /// Probes whose outcome is fixed by the engine: they are reported as facts.
    var engineDefined: Set<ProbeID>
    /// Whether the container's root is an ordinary user of the host.
    package var rootless: Bool
    /// The codename of the image's Debian release.
    package var codename: String

    /// Creates the properties from their values.
    package init(
        userID: UInt32, groupID: UInt32, capabilities: Set<Capability>, hostname: String, processLimit: Int?,
        readOnlyRoot: Bool, mounts: [String], bindTargets: [String], sockets: [String], hasSudo: Bool,
        hasWorkspace: Bool, hasNetwork: Bool, engineDefined: Set<ProbeID> = [], rootless: Bool = false,
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

    /// The capabilities of root as in the `Cap` lines of `/proc/<pid>/status`: 16 hexadecimal digits (proc(5)).
    var capabilityDigits: String {
        let digits = String(capabilities.mask, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
