// SPDX-License-Identifier: Apache-2.0

import Testing

/// A release that is killed before every single step, and finished on the same machine; and wherever a kill leaves a
/// new state, finished on another one. `make nightly-tests` runs it.
@Suite struct KilledEverywhereTests {
    @Test("killed at any step, the next start ends as an undisturbed release does", arguments: ["here", "there"])
    func everywhere(_ machine: String) async throws {
        let template = try await KilledTests.prepared(remote: true)
        let (steps, moments, expected) = try await KilledTests.undisturbed(template)
        #expect(moments.count > 10)
        let limits = machine == "here" ? Array(steps.indices) : moments
        try await KilledTests.kill(template, at: limits, of: steps, expecting: expected) { _ in machine }
    }
}
