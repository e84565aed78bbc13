// SPDX-License-Identifier: Apache-2.0

import Testing

extension EndToEnd {
    /// A diversion of a file that both packages ship. mmdebstrap is the judge.
    @Suite(.serialized, .enabled(if: Oracle.isPossible))
    struct DiversionTests {
        @Test func theRightProgramHasTheName() async throws {
            try await PackageSet(packages: ["moreutils", "parallel"]).check()
        }
    }
}
