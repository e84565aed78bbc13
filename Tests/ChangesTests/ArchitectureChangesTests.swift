// SPDX-License-Identifier: Apache-2.0

import Changes
import Engine
import ImageDefinition
import Lockfile
import Testing

@Suite("An added or removed architecture between two locks") struct ArchitectureChangesTests {
    private static func lock(_ names: [String: [String]]) throws -> VersionsLock {
        var lock = Fixture.lock([])
        lock.architectures = try names.mapValues { try $0.map { try Fixture.locked($0, "1") } }
        return lock
    }

    /// The packages of each architecture in both locks, and the expected changelog lines.
    @Test(
        arguments: [
            (
                ["amd64": ["bash", "jq"], "arm64": ["bash", "jq"]], ["amd64": ["bash", "jq"]],
                "### Changed\n\n- Image: no image for arm64 any more.\n"
            ),
            (
                ["amd64": ["bash"], "arm64": ["bash", "qemu"]], ["amd64": ["bash"]],
                "### Changed\n\n- Image: no image for arm64 any more.\n\n### Removed\n\n- Package qemu 1\n"
            ),
            (
                ["amd64": ["bash"]], ["amd64": ["bash"], "arm64": ["bash", "qemu"]],
                "### Added\n\n- Package qemu 1\n\n### Changed\n\n- Image: an image for arm64.\n"
            ),
            (
                ["amd64": ["bash", "jq"], "arm64": ["bash", "jq"]], ["amd64": ["bash"]],
                "### Changed\n\n- Image: no image for arm64 any more.\n\n### Removed\n\n- Package jq 1\n"
            ),
        ] as [([String: [String]], [String: [String]], String)])
    func notes(_ old: [String: [String]], _ new: [String: [String]], _ lines: String) async throws {
        let analyst = ChangeAnalyst(files: try Fixture())
        let report = try await analyst.report(from: try Self.lock(old), to: try Self.lock(new))
        #expect(ReleaseNotes(of: report).markdown == lines)
    }

    @Test("removing one is a major step, and reported once when the definition changed, too")
    func step() throws {
        let changes = ChangeSet(
            from: try Self.lock(["amd64": ["bash"], "arm64": ["bash"]]), to: try Self.lock(["amd64": ["bash"]]))
        let hardening = HardeningDefinition(profiles: [:], claims: [])
        let text = "no image for arm64 any more"
        let decision = VersionDecision(
            changes: changes, definition: [DefinitionChange(step: .major, key: "release.architectures", text: text)],
            hardening: try HardeningDifference(from: hardening, to: hardening),
            unreleased: [], acceptedClaims: [])
        #expect(decision.reasons == [VersionReason(step: .major, text: text)])
    }
}
