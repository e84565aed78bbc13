// SPDX-License-Identifier: Apache-2.0

import Subprocess
import SystemPackage

/// The relevant configuration of this machine's apt.
package enum AptConfiguration {
    /// Whether apt refuses expired release files (apt.conf(5), `Acquire::Check-Valid-Until`), which is the default,
    /// also on machines without apt.
    ///
    /// `apt-config` merges `/etc/apt/apt.conf.d` and what `APT_CONFIG` names, as apt itself does.
    package static func checksValidUntil(program: String = "apt-config") async -> Bool {
        // "/b" makes apt parse the value as a boolean: no, false, off, 0 (apt-config(8)).
        let result = try? await Subprocess.run(
            program.hasPrefix("/") ? .path(FilePath(program)) : .name(program),
            arguments: ["shell", "value", "Acquire::Check-Valid-Until/b"],
            output: .string(limit: 4096), error: .discarded)
        return result?.standardOutput.split(separator: "\n").first != "value='false'"
    }
}
