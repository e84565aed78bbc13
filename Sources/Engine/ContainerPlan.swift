// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// The complete description of a container, before it is rendered as an argument list or a `config.json`. Tests compare
/// plans.
package struct ContainerPlan: Hashable, Sendable {
    /// The name: letters, digits, `_`, `.`, `+` and `-`. The engine adds a unique suffix.
    package var name: String
    /// The directories of the root file system, lowest first, 1 to 200 of them; never written to.
    package var lowerDirectories: [FilePath]
    /// The program and its arguments.
    package var arguments: [String]
    /// The environment as `NAME=value`; nothing is added to it.
    package var environment: [String]
    /// The working directory, an absolute path in the container.
    package var workingDirectory: String
    /// The container's host name.
    package var hostname: String
    /// The UID of the program.
    package var userID: UInt32
    /// The GID of the program.
    package var groupID: UInt32
    /// The supplementary groups of the program.
    package var additionalGroups: [UInt32]
    /// Whether the program gets a terminal, connected to the caller's.
    package var terminal: Bool
    /// Bind mounts of host files and directories, in mount order.
    package var mounts: [BindMount]
    /// The hardening profile.
    package var profile: HardeningProfile
    /// Labels for tools that inspect the container.
    package var labels: [String: String]
    /// Where the container's changes are stored while it exists.
    package var upper: UpperLocation

    /// Creates a plan; every default is the most restrictive value.
    package init(
        name: String, lowerDirectories: [FilePath], arguments: [String],
        environment: [String] = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        workingDirectory: String = "/", hostname: String = "opencode", userID: UInt32 = 0, groupID: UInt32 = 0,
        additionalGroups: [UInt32] = [], terminal: Bool = false, mounts: [BindMount] = [], profile: HardeningProfile,
        labels: [String: String] = [:], upper: UpperLocation = .memory
    ) {
        self.name = name
        self.lowerDirectories = lowerDirectories
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.hostname = hostname
        self.userID = userID
        self.groupID = groupID
        self.additionalGroups = additionalGroups
        self.terminal = terminal
        self.mounts = mounts
        self.profile = profile
        self.labels = labels
        self.upper = upper
    }

    /// The plan of the step that configures an image's packages: root with the capabilities that maintainer scripts
    /// need, no network and no host files, so that two machines produce the same files.
    ///
    /// - Parameter environment: The whole environment, as `NAME=value`.
    package static func build(
        lowerDirectories: [FilePath], arguments: [String], environment: [String], mounts: [BindMount] = [],
        upper: UpperLocation = .memory
    ) -> ContainerPlan {
        ContainerPlan(
            name: "configure", lowerDirectories: lowerDirectories, arguments: arguments, environment: environment,
            hostname: "localhost", mounts: mounts, profile: .configureStep, upper: upper)
    }
}

extension ContainerPlan {
    /// Whether the container has its own network namespace with access to the outside.
    package var hasOpenNetwork: Bool { profile.network == .full && profile.namespaces.contains(.network) }
}

/// Where a container's changes are stored until it is removed.
package enum UpperLocation: Hashable, Sendable {
    /// In memory: nothing is written to the disk, and nothing remains after a kill.
    case memory
    /// Below the engine's scratch directory, for changes that do not fit into memory.
    case disk
}

/// A bind mount of a host file or directory.
package struct BindMount: Hashable, Sendable {
    /// The source path on the host.
    package var source: FilePath
    /// The target, an absolute path in the container; created when missing.
    package var target: String
    /// Whether the mount is read-only.
    package var readOnly: Bool
    /// Whether set-uid bits and file capabilities are ignored.
    package var noSuid: Bool
    /// Whether device nodes in it cannot be opened.
    var noDev: Bool
    /// Whether programs in it cannot be executed.
    package var noExec: Bool
    /// Whether mounts below the source are included. Engines make only the top mount read-only.
    package var isRecursive: Bool

    /// Mounts `source` at `target`.
    package init(
        source: FilePath, target: String, readOnly: Bool = true, noSuid: Bool = true, noDev: Bool = true,
        noExec: Bool = false, isRecursive: Bool = true
    ) {
        self.source = source
        self.target = target
        self.readOnly = readOnly
        self.noSuid = noSuid
        self.noDev = noDev
        self.noExec = noExec
        self.isRecursive = isRecursive
    }

    /// The mount options, in a fixed order.
    package var options: [String] {
        [isRecursive ? "rbind" : "bind", "rprivate", readOnly ? "ro" : "rw"] + (noSuid ? ["nosuid"] : [])
            + (noDev ? ["nodev"] : [])
            + (noExec ? ["noexec"] : [])
    }
}
