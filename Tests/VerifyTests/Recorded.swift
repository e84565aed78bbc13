// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import Engine
import Foundation
import SystemPackage
import Verify

/// The results of real runs of the verifier, stored as files: one with the unchanged profile, and the differences for
/// each weakening (`VerifyIntegrationTests` creates them).
enum Recorded {
    struct Recording: Codable {
        /// `vantage probe` to outcome.
        var baseline: [String: String]
        var mutations: [String: Mutation]
    }

    struct Mutation: Codable {
        /// The claims that must turn red.
        var claims: [String]
        /// The changed outcomes; an empty text is a missing result.
        var seen: [String: String]
    }

    static let recording: Recording = {
        let url = Bundle.module.url(forResource: "recording", withExtension: "json", subdirectory: "Fixtures")
        guard let url, let bytes = try? Data(contentsOf: url) else { return Recording(baseline: [:], mutations: [:]) }
        return (try? JSONDecoder().decode(Recording.self, from: bytes)) ?? Recording(baseline: [:], mutations: [:])
    }()

    static let baseline = results(recording.baseline)

    /// The container of the recordings.
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

    /// The results with that weakening.
    static func results(weakenedBy name: String) -> [ProbeResult] {
        results(recording.baseline.merging(recording.mutations[name]?.seen ?? [:]) { _, new in new })
    }

    private static func results(_ table: [String: String]) -> [ProbeResult] {
        table.filter { !$0.value.isEmpty }.compactMap { key, outcome in
            let words = key.split(separator: " ")
            guard words.count == 2, let vantage = VantagePoint(rawValue: String(words[0])),
                let probe = ProbeID(named: String(words[1]))
            else { return nil }
            return ProbeResult(probe, vantage, Outcome(outcome))
        }
    }
}
