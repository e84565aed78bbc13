// SPDX-License-Identifier: Apache-2.0

import Debian
import Resolve

extension ExpiryRule {
    /// The configuration of this machine's apt.
    package static func ofMachine() async -> ExpiryRule {
        await AptConfiguration.checksValidUntil()
            ? .refuse : .take("as this machine's apt does (Acquire::Check-Valid-Until \"false\")")
    }
}
