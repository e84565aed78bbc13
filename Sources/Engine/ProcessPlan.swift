// SPDX-License-Identifier: Apache-2.0

/// One more process for a running container.
package struct ProcessPlan: Hashable, Sendable {
    /// The program, searched in the `PATH` of `environment`, and its arguments.
    package var arguments: [String]
    /// The environment as `NAME=value`; nothing is added to it.
    package var environment: [String]
    /// The UID.
    package var uid: UInt32
    /// The GID.
    package var gid: UInt32
    /// The supplementary groups.
    package var additionalGroups: [UInt32]
    /// The bounding set; for UID 0 also the effective set.
    package var capabilities: Set<Capability>
    /// The working directory, an absolute path in the container.
    package var workingDirectory: String

    /// Creates a plan.
    package init(
        arguments: [String],
        environment: [String] = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], uid: UInt32 = 0,
        gid: UInt32 = 0, additionalGroups: [UInt32] = [], capabilities: Set<Capability> = [],
        workingDirectory: String = "/"
    ) {
        self.arguments = arguments
        self.environment = environment
        self.uid = uid
        self.gid = gid
        self.additionalGroups = additionalGroups
        self.capabilities = capabilities
        self.workingDirectory = workingDirectory
    }
}
