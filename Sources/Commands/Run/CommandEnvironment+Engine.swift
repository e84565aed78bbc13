// SPDX-License-Identifier: Apache-2.0

import Engine
import Run

extension CommandEnvironment {
    /// The environment for an engine's own program: without tokens, which are none of its business.
    var engineEnvironment: [String: String] {
        variables.filter { name, _ in !Forge.allCases.contains { $0.variables.contains(name) } }
    }
}
