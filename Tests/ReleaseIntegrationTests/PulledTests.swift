// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Release
import SystemPackage
import Testing
import Trust

/// Releases on a user's machine.
@Suite struct PulledTests {
    @Test("a machine that has seen 1.1.0 refuses 1.0.1 under a tag that it was once signed for")
    func rollback() async throws {
        let fixture = try Fixture()
        try await fixture.found()
        let machine = try await fixture.machine("here")
        try await machine.release()
        try machine.relock(day: 2)
        try await machine.change(":")
        try await machine.release()
        let old = try #require(try await fixture.registry.manifest(.tag("1.0.1")))
        try await machine.change("sed -i 's/CHOWN, FOWNER,/CHOWN,/' image/hardening.yaml")
        try await machine.release()

        let verifier = ImageVerifier(
            trusted: TrustedRepository(name: Fixture.name, keys: [.init(key: fixture.key.publicKey)]),
            platform: .amd64, history: TrustHistory(directory: fixture.root.appending("user")), now: 1_794_000_000)
        let latest = try ImageReference("\(Fixture.name):latest")
        #expect(try await verifier.verify(latest, in: fixture.registry).version == SemanticVersion(1, 1, 0))
        try await fixture.registry.put(manifest: old, as: .tag("latest"))
        await #expect(
            throws: TrustError.downgrade("\(latest)", SemanticVersion(1, 0, 1), seen: SemanticVersion(1, 1, 0))
        ) { try await verifier.verify(latest, in: fixture.registry) }
    }
}
