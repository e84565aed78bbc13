// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Release
import SystemPackage
import Testing

/// A release that is killed at each of its steps, and finished by the next start: on the same machine, or on another
/// one that has only the remote and the registry.
@Suite struct KilledTests {
    /// A second release, so that there is one before it, with an addition and a new package.
    static func prepared(remote: Bool, in registry: RealRegistry? = nil) async throws -> Fixture {
        let fixture = try Fixture(place: try await registry?.repository())
        try await fixture.found()
        let machine = try await fixture.machine("here", remote: remote)
        if !remote { try await machine.shell("git remote remove origin") }
        try await machine.release()
        try machine.relock(day: 2)
        try await machine.change("sed -i 's/^## .Unreleased.*/&\\n\\n### Added\\n\\n- More./' CHANGELOG.md")
        return fixture
    }

    /// Each on the same machine or on another one, in turn; KilledEverywhereTests runs both, and every step.
    @Test("killed wherever a kill leaves a new state, the next start ends in the state of an undisturbed release")
    func moments() async throws {
        let template = try await Self.prepared(remote: true)
        let (steps, moments, expected) = try await Self.undisturbed(template)
        try await Self.kill(template, at: moments, of: steps, expecting: expected) {
            $0.isMultiple(of: 2) ? "here" : "there"
        }
    }

    /// The registry stops before one of the writing requests; reading requests leave no state. Every other time another
    /// machine continues.
    @Test(
        "cut off from a real registry anywhere, the next start ends as an undisturbed release does",
        .enabled(if: RealRegistry.isPossible))
    func realRegistry() async throws {
        try await RealRegistry.with { registry in
            let template = try await Self.prepared(remote: true, in: registry)
            let undisturbed = try await template.copy()
            try await undisturbed.machine("here").release()
            let expected = try await undisturbed.publicState()
            let writes = try await undisturbed.place?.writes() ?? []
            #expect(writes.count > 40 && writes.contains { $0.hasSuffix("/manifests/1.1.0") }, "\(writes)")
            // Blobs without a manifest are all alike: one in eight is enough.
            let moments = writes.indices.filter { writes[$0].contains("/manifests/") || $0.isMultiple(of: 8) }
            _ = try await moments.enumerated().map(\.self).concurrentMap(limit: 4) { number, limit in
                let fixture = try await template.copy()
                try await fixture.place?.open(for: limit)
                await #expect(throws: (any Error).self, "cut off before \(limit)") {
                    try await fixture.machine("here").release()
                }
                try await fixture.place?.open()
                let next = try await fixture.machine(number.isMultiple(of: 2) ? "here" : "there")
                try await next.release()
                let differences = Set(try await fixture.publicState()).symmetricDifference(expected)
                #expect(differences.isEmpty, "cut off before \(limit), \(writes[limit])")
                #expect(try await next.shell("git status --porcelain") == "", "cut off before \(limit)")
                return limit
            }
        }
    }

    @Test("without a remote the local branch is the commit point")
    func withoutRemote() async throws {
        let template = try await Self.prepared(remote: false)
        let undisturbed = try await template.copy()
        let faults = Faults()
        try await undisturbed.machine("here", remote: false).release(faults)
        let expected = try await Self.local(undisturbed)
        let steps = faults.places
        #expect(!steps.contains("git push") && steps.contains("git update-ref"))
        _ = try await faults.moments.concurrentMap(limit: 4) { limit in
            let fixture = try await template.copy()
            let machine = try await fixture.machine("here", remote: false)
            await #expect(throws: Killed.self) { try await machine.release(Faults(after: limit)) }
            try await machine.release()
            #expect(try await Self.local(fixture) == expected, "killed before step \(limit), \(steps[limit])")
            return limit
        }
    }

    @Test("the verification of fewer images is repeated when more are requested")
    func otherChoices() async throws {
        let fixture = try await Self.prepared(remote: true)
        let machine = try await fixture.machine("here")
        let request = Machine.request(.maintainer)
        let first = Faults()
        let undisturbed = try await fixture.copy()
        _ = try await undisturbed.machine("here").releaseRun(first, platforms: [.amd64]).run(
            request, progress: { _ in })
        withExtendedLifetime(undisturbed) {}
        // Killed after the verification of the one image.
        let verified = try #require(first.places.firstIndex(of: "push"))
        await #expect(throws: Killed.self) {
            try await machine.releaseRun(Faults(after: verified), platforms: [.amd64]).run(request, progress: { _ in })
        }
        let second = Faults()
        _ = try await machine.releaseRun(second, platforms: [.amd64, .arm64]).run(request, progress: { _ in })
        #expect(second.places.count { $0 == "verify" } == 2)
    }

    /// The steps of an undisturbed release, those where a kill leaves a new state, and its published state.
    static func undisturbed(_ template: Fixture) async throws -> ([String], [Int], [String]) {
        let undisturbed = try await template.copy()
        let faults = Faults()
        try await undisturbed.machine("here").release(faults)
        let (expected, steps) = (try await undisturbed.publicState(), faults.places)
        #expect(expected.contains("Release 1.1.0 A 1793577600"), "\(expected)")
        #expect(steps.count > 50 && Set(steps).isSuperset(of: ["git push", "PUT referrers", "journal plan.json"]))
        return (steps, faults.moments, expected)
    }

    /// Kills a release before each of the steps `moments`, and finishes it on the machine that `next` selects.
    static func kill(
        _ template: Fixture, at moments: [Int], of steps: [String], expecting expected: [String],
        next: @escaping @Sendable (Int) -> String
    ) async throws {
        _ = try await moments.enumerated().map(\.self).concurrentMap(limit: 4) { number, limit in
            let fixture = try await template.copy()
            await #expect(throws: Killed.self) {
                try await fixture.machine("here").release(Faults(after: limit))
            }
            let other = try await fixture.machine(next(number))
            try await other.release()
            let state = try await fixture.publicState()
            #expect(state == expected, "killed before step \(limit), \(steps[limit])")
            #expect(try await other.shell("git status --porcelain") == "", "killed before \(limit), \(steps[limit])")
            return limit
        }
    }

    /// The clone in the place of the remote.
    private static func local(_ fixture: Fixture) async throws -> [String] {
        let machine = try await fixture.machine("here", remote: false)
        try await Fixture.shell(
            "rm -rf \"$2\"; git clone -q --bare \"$1\" \"$2\"", [machine.clone.string, fixture.origin.string])
        return try await fixture.publicState() + [
            try await machine.shell("git status --porcelain; git log --oneline | wc -l")
        ]
    }
}
