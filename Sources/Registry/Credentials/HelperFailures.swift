// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The credential helpers that failed, for the message of a registry that then denies access.
package final class HelperFailures: Sendable {
    private let errors = Mutex<[RegistryError]>([])

    /// No failures.
    package init() {}

    /// The failure of the most specific source.
    package var first: RegistryError? { errors.withLock(\.first) }

    func note(_ error: RegistryError) { errors.withLock { $0.append(error) } }
}
