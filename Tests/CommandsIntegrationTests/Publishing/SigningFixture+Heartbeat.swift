// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import OCI
import Registry
import Signing
import SystemPackage
import Transport
import Trust

extension SigningFixture {
    /// Publishes a heartbeat with the release's key, as `nightly` would have done some days ago, valid for a week.
    func beat(_ version: String, of tag: String, daysAgo days: Int64) async throws {
        var transport = TransportSettings()
        transport.certificates = directory.pushing("certificates/ca.crt")
        let settings = RegistrySettings(
            transport: transport,
            credentials: CredentialSources(
                environment: [:], configuration: directory.appending("auth.json"), userID: 0))
        let repository = try await RegistryRepository.connect(
            to: ImageReference("\(host)/team/image"), for: .writing(), settings: settings)
        let looked = Int64(Date().timeIntervalSince1970) - days * 86_400
        let release = try await repository.digest(ofTag: tag)
        let heartbeat = Heartbeat(
            repository: repository.name, release: release ?? Digest(of: []), version: try SemanticVersion(version),
            checkedAt: Timestamp(seconds: looked), validUntil: Timestamp(seconds: looked + 7 * 86_400), archives: [])
        let pem = try Files.read(directory.appending("release.key"), limit: 1 << 16)
        let key = try SigningKey(pem: pem, passphrase: nil)
        try await SignaturePublisher(repository: repository, key: key, created: looked).publish(heartbeat: heartbeat)
    }
}
