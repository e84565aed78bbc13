// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Foundation
import SystemPackage
import Verify

/// What real runs of the verifier saw, kept as files: one under the profile as it is, and for each weakening of the
/// profile what differed (`VerifyIntegrationTests` makes them).
enum Recorded {
    struct Recording: Codable {
        /// `vantage probe` to outcome.
        var baseline: [String: String]
        var mutations: [String: Mutation]
    }

    struct Mutation: Codable {
        /// The claims that must not survive it.
        var claims: [String]
        /// What was seen instead; an empty text is a result that was missing.
        var seen: [String: String]
    }

    static let recording: Recording = {
        let url = Bundle.module.url(forResource: "recording", withExtension: "json", subdirectory: "Fixtures")
        guard let url, let bytes = try? Data(contentsOf: url) else { return Recording(baseline: [:], mutations: [:]) }
        return (try? JSONDecoder().decode(Recording.self, from: bytes)) ?? Recording(baseline: [:], mutations: [:])
    }()

    static let baseline = results(recording.baseline)

    /// The container that the recordings were made with.
    static let catalogue = ExpectationCatalogue(
        for: ExpectedContainer(
            userID: 1000, groupID: 1000, capabilities: [.chown, .fileOwner, .setGroupID, .setUserID],
            hostname: "opencode", processLimit: 1024, readOnlyRoot: false,
            mounts: [
                "/:rw", "/run:rw", "/tmp:rw", "/workspace:rw", "/data:ro", "/.verify-probe:ro", "/.verify-helper:ro",
                "/.verify-canary:ro",
            ],
            bindTargets: ["/workspace", "/data", "/.verify-probe", "/.verify-helper", "/.verify-canary"],
            sockets: ["/run/opencode-docker/sudo"], hasSudo: true, hasWorkspace: true, hasNetwork: false))

    /// What was seen under that weakening.
    static func results(weakenedBy name: String) -> [ProbeResult] {
        results(recording.baseline.merging(recording.mutations[name]?.seen ?? [:]) { _, new in new })
    }

    private static func results(_ table: [String: String]) -> [ProbeResult] {
        table.filter { !$0.value.isEmpty }.compactMap { key, outcome in
            let words = key.split(separator: " ")
            guard words.count == 2, let vantage = VantagePoint(rawValue: String(words[0])) else { return nil }
            return ProbeResult(String(words[1]), vantage, Outcome(outcome))
        }
    }
}
