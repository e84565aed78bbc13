// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import SystemPackage
import Testing
import Transport

/// Habits of registries that pushes and pulls of images do not meet.
@Suite("Habits of registries")
struct HabitTests {
    @Test(
        "Attached manifests are found, in the list of the registry or under the tag",
        arguments: [
            "api", "generic", "plain", "page", "referrers401", "referrers403", "referrers405", "referrers500",
            "referrers501", "put202", "zipped", "nohead405",
        ])
    func referrers(fault: String) async throws {
        let registry = try FakeRegistry(fault)
        let image = try Samples.image(registry.store, size: 9000)
        let repository = try await registry.repository()
        _ = try await repository.push([image], from: registry.store, progress: { _ in })
        let note = Samples.artifact(about: image.digest, note: "a")
        try await repository.attach([note], to: image.digest)
        #expect(try await repository.referrers(of: image.digest) == [note.digest])
        let isTagged = try await repository.manifest(.tag("sha256-\(image.digest.hex)")) != nil
        #expect(isTagged == !["api", "generic"].contains(fault))
    }

    @Test("A list that is null is empty")
    func null() async throws {
        let registry = try FakeRegistry("nullreferrers")
        #expect(try await registry.repository().referrers(of: Digest(of: [])) == [])
    }

    @Test("A helper that fails does not stop what needs no credential, and is named where one is needed")
    func helper() async throws {
        let document = #"{"credsStore":"no-such-helper"}"#
        for fault in ["emptytoken", "basic"] {
            let registry = try FakeRegistry(fault)
            let repository = try await registry.repository(document: document)
            do {
                #expect(try await repository.digest(ofTag: "1.0") == nil && fault == "emptytoken")
            } catch RegistryError.helper(let program, _) {
                #expect(program == "docker-credential-no-such-helper" && fault == "basic")
            }
        }
    }

    /// The directory of the registry's certificates, whether the user permits what is not checked, and the result.
    @Test(
        "The certificates of one registry", .enabled(if: RealRegistry.isPossible),
        arguments: [("own", false, true), ("other", false, false), ("none", false, false), ("none", true, true)])
    func certificates(place: String, isInsecure: Bool, isReached: Bool) async throws {
        let registry = try await RealRegistry()
        let root = registry.scratch.root.appending("certs.d")
        let directory = root.appending(place == "other" ? "r.example:5000" : registry.host)
        if place != "none" {
            try Files.makeDirectories(directory)
            try Files.write(Files.read(registry.certificate, limit: 1 << 20), to: directory.appending("ca.crt"))
        }
        var transport = TransportSettings()
        transport.attempts = 1
        var settings = RegistrySettings(
            transport: transport,
            credentials: CredentialSources(environment: [:], configuration: registry.configuration, userID: 0))
        settings.certificates = CertificateDirectories(["/nonexistent", root])
        if isInsecure { settings.insecure = [registry.host] }
        _ = try await registry.repository("team/image")
        let digest = { [settings] in
            let reference = try ImageReference("\(registry.host)/team/image")
            return try await RegistryRepository.connect(to: reference, for: .reading, settings: settings)
                .digest(ofTag: "1.0")
        }
        do {
            #expect(try await digest() == nil && isReached)
        } catch RegistryError.unreachable(_, .untrusted) { #expect(!isReached) }
    }
}
