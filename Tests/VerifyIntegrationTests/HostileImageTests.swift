// SPDX-License-Identifier: Apache-2.0

import Core
import Testing
import Verify

/// Images that are weaker than they claim to be and hide it from `verify`. Some of them are among the weakenings
/// too, which take too long for every change.
@Suite(.serialized, .enabled(if: Bed.isPossible, "needs root and OPENCODE_DOCKER_TRIAL_ROOT"))
struct HostileImageTests {
    static let images = Weakening.impostors + Weakening.pretenders

    @Test(arguments: images.map(\.name))
    func hostileImageIsRed(name: String) async throws {
        let weakening = try #require(Self.images.first { $0.name == name })
        try await Bed.with { bed in
            var subject = bed.subject
            try await weakening.change(&subject, bed.folder)
            let red = Set(bed.red(try await bed.results(of: subject)))
            #expect(red.isSuperset(of: weakening.claims), "\(name): red are \(red.sorted())")
        }
    }
}
