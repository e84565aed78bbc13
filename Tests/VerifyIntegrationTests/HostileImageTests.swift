// SPDX-License-Identifier: Apache-2.0

import Core
import Testing
import Verify

/// Images that are weaker than they claim and hide it from `verify`. Some of them are also weakenings, whose complete
/// run takes too long for every change.
@Suite(.serialized, .enabled(if: Fixture.isPossible, "needs root and OPENCODE_DOCKER_TRIAL_ROOT"))
struct HostileImageTests {
    static let images = Weakening.impostors + Weakening.pretenders

    @Test(arguments: images.map(\.name))
    func hostileImageIsRed(name: String) async throws {
        let weakening = try #require(Self.images.first { $0.name == name })
        try await Fixture.with { fixture in
            var subject = fixture.subject
            try await weakening.change(&subject, fixture.directory)
            let red = Set(fixture.red(try await fixture.results(of: subject)))
            #expect(red.isSuperset(of: weakening.claims), "\(name): red are \(red.sorted())")
        }
    }
}
