// SPDX-License-Identifier: Apache-2.0

import Core

/// The relevant configuration of this machine's apt.
package enum AptConfiguration {
    /// Whether apt refuses expired release files (apt.conf(5), `Acquire::Check-Valid-Until`), which is the default,
    /// also on machines without apt.
    ///
    /// `apt-config` merges `/etc/apt/apt.conf.d` and what `APT_CONFIG` names, as apt itself does.
    package static func checksValidUntil(program: String = "apt-config") async -> Bool {
        // "/b" makes apt parse the value as a boolean: no, false, off, 0 (apt-config(8)).
        let arguments = ["shell", "value", "Acquire::Check-Valid-Until/b"]
        let program = try? ExternalProgram(named: program, arguments, environment: ExternalProgram.ownEnvironment)
        let answer = try? await program?.result(limit: 4096, error: .null).standardOutput
        return answer?.split(separator: UInt8(ascii: "\n")).first?.elementsEqual("value='false'".utf8) != true
    }
}
