// SPDX-License-Identifier: Apache-2.0

import Launching
import StoreMaintenance

/// The errors of the modules that combine stages.
let workflowErrors: [Reviewed] = [
    Reviewed(LaunchError.cannotBeCaller("rootless Docker")),
    Reviewed(LaunchError.projectElsewhere("docker", "ssh://build.example")),
    Reviewed(StoreMaintenanceError.storeInUse, .tryAgain),
]
