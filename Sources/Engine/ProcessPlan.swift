// SPDX-License-Identifier: Apache-2.0

/// One more process for a container that runs.
package struct ProcessPlan: Hashable, Sendable {
    /// The program, found in the container's `PATH` of `environment`, and its arguments.
    package var arguments: [String]
    /// The environment as `NAME=value`; nothing is added to it.
    package var environment: [String]
    /// The user it runs as.
    package var uid: UInt32
    /// The group it runs as.
    package var gid: UInt32
    /// Its further groups.
    package var additionalGroups: [UInt32]
    /// Its bounding set; user 0 holds it too.
    package var capabilities: Set<Capability>
    /// Where it starts, an absolute path in the container.
    package var workingDirectory: String

    /// A process.
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

/// How a process of a container ended, with what it wrote.
package struct ProcessResult: Hashable, Sendable {
    /// Its exit status; 128 and the signal's number when a signal ended it.
    package let status: Int32
    /// What it wrote to its standard output.
    package let standardOutput: [UInt8]
    /// What it wrote to its standard error.
    package let standardError: [UInt8]

    /// The end of a process.
    package init(status: Int32, standardOutput: [UInt8], standardError: [UInt8]) {
        self.status = status
        self.standardOutput = standardOutput
        self.standardError = standardError
    }
}
