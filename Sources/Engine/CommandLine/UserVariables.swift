// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The variables of the user's process alone. The image's entrypoint, which runs as root first, has the image's own
/// environment: a `PATH`, an `LD_PRELOAD` or a `PERL5OPT` of the caller would direct it.
package enum UserVariables {
    /// The path in the container of the shell script with the variables.
    package static let target = "/run/opencode-environment"
}

extension ContainerPlan {
    /// The plan in which a shell reads the user's variables in the file `script` behind the entrypoint, before it executes
    /// the command.
    ///
    /// - Parameter count: The number of arguments that are the entrypoint.
    package func givingVariables(in script: FilePath, behind count: Int) -> ContainerPlan {
        reading(script, at: UserVariables.target, behind: count)
    }
}
