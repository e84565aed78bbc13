// SPDX-License-Identifier: Apache-2.0

import Testing

extension EndToEnd {
    /// Files of a container neither evade the report nor give access to anything outside of the project.
    @Suite(.serialized)
    struct HostileMachineTests {
        @Test("On the embedded engine", arguments: HostileCheck.reporting + HostileCheck.machine)
        func embedded(check: HostileCheck) async throws {
            try await RunHarness.with(check.run)
        }

        @Test("On Docker, with one daemon for all", .enabled(if: Daemon.isPossible))
        func docker() async throws {
            try await Daemon.with { daemon in
                for check in HostileCheck.reporting + HostileCheck.machine {
                    try await RunHarness.with(engine: "docker", environment: daemon.environment, check.run)
                }
            }
        }
    }
}
