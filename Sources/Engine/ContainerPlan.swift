// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// Everything that decides a container, before it is an argument list or a `config.json`. Tests compare plans.
package struct ContainerPlan: Hashable, Sendable {
    /// What it is called: letters, digits, `_`, `.`, `+` and `-`. The engine adds a suffix to tell two runs apart.
    package var name: String
    /// The directories of the root file system, lowest first, 1 to 200 of them; they are never written.
    package var lowerDirectories: [FilePath]
    /// The program and its arguments.
    package var arguments: [String]
    /// The environment as `NAME=value`; nothing is added to it.
    package var environment: [String]
    /// Where the program starts, an absolute path in the container.
    package var workingDirectory: String
    /// The host name seen in the container.
    package var hostname: String
    /// The user the program starts as.
    package var userID: UInt32
    /// The group the program starts as.
    package var groupID: UInt32
    /// Further groups of the program.
    package var additionalGroups: [UInt32]
    /// Whether the program gets a terminal of its own, connected to the caller's.
    package var terminal: Bool
    /// Files and directories of the host, mounted in this order.
    package var mounts: [BindMount]
    /// What the container may do.
    package var profile: HardeningProfile
    /// Remarks for people and programs that look at the container later.
    package var labels: [String: String]
    /// Where what the container writes is kept until the end.
    package var upper: UpperLocation

    /// A plan; what is left out is as small as it can be.
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

    /// The plan of the step that configures an image's packages: root with what maintainer scripts need, no network,
    /// and nothing of the host in sight, so that two machines get the same files.
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
    /// Whether the container has a network stack of its own that leads outwards.
    package var hasOpenNetwork: Bool { profile.network == .full && profile.namespaces.contains(.network) }
}

/// Where the files a container writes are kept until it is removed.
package enum UpperLocation: Hashable, Sendable {
    /// In memory: nothing touches the disk, and nothing is left after a kill.
    case memory
    /// Below the engine's scratch directory: for what does not fit into memory.
    case disk
}

/// A file or directory of the host that is seen in the container.
package struct BindMount: Hashable, Sendable {
    /// What is mounted: its path on the host.
    package var source: FilePath
    /// Where it is seen, an absolute path in the container; made when it is not there.
    package var target: String
    /// Whether it cannot be written.
    package var readOnly: Bool
    /// Whether set-uid bits and file capabilities in it mean nothing.
    package var noSuid: Bool
    /// Whether device nodes in it cannot be opened.
    var noDev: Bool
    /// Whether programs in it cannot be executed.
    package var noExec: Bool
    /// Whether what is mounted below the source is seen too. Engines make only the mount itself read-only.
    package var isRecursive: Bool

    /// Shows `source` as `target`.
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
