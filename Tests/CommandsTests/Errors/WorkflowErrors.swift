// SPDX-License-Identifier: Apache-2.0

import StoreMaintenance

/// The errors of the modules that combine stages.
let workflowErrors: [Reviewed] = [
    Reviewed(StoreMaintenanceError.storeInUse, .tryAgain)
]
