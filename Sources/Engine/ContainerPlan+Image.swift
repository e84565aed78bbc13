// SPDX-License-Identifier: Apache-2.0

import OCI
import SystemPackage

extension ContainerPlan {
    /// The plan of a container of an image, as `run` starts it and `verify` checks it.
    ///
    /// - Parameters:
    ///   - execution: The image's own settings.
    ///   - trees: The image's layers as directories, lowest first.
    ///   - command: The command behind the entrypoint; `nil` for the image's own command.
    ///   - profile: The hardening profile.
    ///   - mounts: The bind mounts.
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
