// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct AptConfigurationTests {
    @Test(
        "only an explicit no disables the check",
        arguments: [
            ("echo \"value='false'\"", false), ("echo \"value='true'\"", true), ("exit 0", true), ("exit 1", true),
            ("echo nonsense", true),
        ])
    func answers(_ answer: String, _ checks: Bool) async throws {
        let directory = try makeTemporaryDirectory()
        defer { try? Files.removeTree(directory) }
        let program = directory.appending("apt-config")
        // The program must be called for this option, as a boolean.
        let script = "#!/bin/sh\n[ \"$*\" = 'shell value Acquire::Check-Valid-Until/b' ] || exit 9\n\(answer)\n"
        try writeProgram(script, to: program)
        #expect(await AptConfiguration.checksValidUntil(program: program.string) == checks)
    }

    @Test func nobodySaysAnythingWithoutApt() async {
        #expect(await AptConfiguration.checksValidUntil(program: "no-such-program-here"))
    }
}
