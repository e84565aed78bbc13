// SPDX-License-Identifier: Apache-2.0

import Engine
import Run

extension CommandEnvironment {
    /// The environment of an engine's program, without tokens.
    var engineEnvironment: [String: String] {
        variables.filter { name, _ in !Forge.allCases.contains { $0.variables.contains(name) } }
    }
}
