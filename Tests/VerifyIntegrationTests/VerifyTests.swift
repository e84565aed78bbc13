// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Testing
import Verify

@Suite(.serialized, .enabled(if: Bed.isPossible, "needs root and OPENCODE_DOCKER_TRIAL_ROOT"))
struct VerifyIntegrationTests {
    @Test func containerHoldsItsClaims() async throws {
        try await Bed.with { bed in
            let clock = ContinuousClock()
            let start = clock.now
            let report = try await bed.verifier.verify(bed.subject) { event in
                if case .warning(let text) = event { Issue.record("\(text)") }
            }
            #expect(report.rows.filter { $0.status == .red }.flatMap(\.remarks) == [])
            #expect(report.stray == [])
            #expect(report.passed)
            #expect(clock.now - start < .seconds(60))
        }
    }
}
