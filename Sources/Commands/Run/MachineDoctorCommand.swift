// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core

/// `doctor`: what can this machine do, and what has to be done where it cannot?
struct MachineDoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what this machine can and cannot do, and how to mend it.",
        discussion: """
            Looks at the engines, the kernel, the profiles and the credentials that `run` would use. Exit status 1 when \
            something has to be mended.

            EXAMPLES
              opencode-docker doctor
            """)

    func run() async throws {
        let findings = await MachineCheck(surroundings: .current).findings()
        print(findings.text, terminator: "")
        if findings.contains(where: { $0.verdict == .bad }) { throw ExitStatusRequest(status: .no) }
    }
}
