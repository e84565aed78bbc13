// SPDX-License-Identifier: Apache-2.0

import Core

/// An error of maintaining the store.
package enum StoreMaintenanceError: Error, Hashable {
    /// Cleaning while a process uses the store.
    case storeInUse
}

extension StoreMaintenanceError: UserFacingError {
    package var sentence: String {
        switch self {
        case .storeInUse: "Nothing was removed: a container or a verification uses the store."
        }
    }

    package var hint: String? {
        switch self {
        case .storeInUse: "Try again when it has ended."
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .storeInUse: .tryAgain
        }
    }
}
