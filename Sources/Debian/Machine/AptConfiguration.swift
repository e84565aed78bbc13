// SPDX-License-Identifier: Apache-2.0

import Subprocess
import SystemPackage

/// What this machine's apt is told, as far as it concerns us too.
package enum AptConfiguration {
    /// Whether apt refuses release files whose validity is over (apt.conf(5), `Acquire::Check-Valid-Until`): it does
    /// unless it is told otherwise. Where there is no apt, nobody has told it.
    ///
    /// `apt-config` merges `/etc/apt/apt.conf.d` and what `APT_CONFIG` names, as apt itself does.
    package static func checksValidUntil(program: String = "apt-config") async -> Bool {
        // "/b": apt's own reading of no, false, off and 0 (apt-config(8)).
        let result = try? await Subprocess.run(
            program.hasPrefix("/") ? .path(FilePath(program)) : .name(program),
            arguments: ["shell", "value", "Acquire::Check-Valid-Until/b"],
            output: .string(limit: 4096), error: .discarded)
        return result?.standardOutput.split(separator: "\n").first != "value='false'"
    }
}
