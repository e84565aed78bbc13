// SPDX-License-Identifier: Apache-2.0

import OCI
import SystemPackage

extension ContainerPlan {
    /// The plan of a container made from an image: what a user gets, and so what `verify` looks at.
    ///
    /// - Parameters:
    ///   - execution: The image's own settings.
    ///   - trees: The image's layers as directories, lowest first.
    ///   - command: What runs behind the entrypoint instead of the image's own command; `nil` leaves that.
    ///   - profile: What the container may do.
    ///   - mounts: The directories of the host that it sees.
    package static func starting(
        _ execution: ImageConfiguration.Execution, trees: [FilePath], name: String, command: [String]? = nil,
        profile: HardeningProfile, mounts: [BindMount]
    ) -> ContainerPlan {
        ContainerPlan(
            name: name, lowerDirectories: trees, arguments: execution.entrypoint + (command ?? execution.cmd),
            environment: execution.env, workingDirectory: execution.workingDir.isEmpty ? "/" : execution.workingDir,
            mounts: mounts, profile: profile, labels: execution.labels)
    }
}
