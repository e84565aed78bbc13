// SPDX-License-Identifier: Apache-2.0

import Attestation
import Core
import Debian
import Lockfile
import OCI
import Testing

/// Documents about images with third-party packages, pins and exclusions.
@Suite struct ForeignPackageTests {
    private static func image() throws -> AttestedImage {
        let plain = try AttestationTests.image()
        var lock = plain.lock
        var (other, file) = (try AttestationTests.package("tool", "1.0"), try AttestationTests.package("mine", "2.0"))
        (other.base, other.path) = ("example", "pool/tool_1.0_amd64.deb")
        (file.base, file.path) = (LockedPackage.localBase, "debs/mine_2.0_amd64.deb")
        lock.architectures["amd64"]? += [other, file]
        lock.architectures["amd64"]?[0].snapshot = "2025-01-02T03:04:05Z"
        let bash = try PackageName("bash")
        lock.choices = LockedChoices(
            pins: [LockedPin(name: bash, version: try DebianVersion("5.2.15-2+b13"), security: try DebianVersion("6"))],
            exclusions: [LockedExclusion(name: try PackageName("perl-doc"), reason: "big")],
            repositories: [
                LockedRepository(
                    name: "example", uri: "https://example.org/deb", suite: "stable", components: ["main"],
                    packages: [], inRelease: Digest(of: [5]), date: "2026-11-22T02:09:05Z", signer: "EF")
            ])
        return AttestedImage(
            name: plain.name, version: plain.version, platform: plain.platform, lock: lock, includesPrograms: true,
            vendor: plain.vendor, homepage: plain.homepage)
    }

    private func package(_ name: String) throws -> JSONValue {
        let document = SPDXDocument(try Self.image(), tool: "tool-1").json
        return try #require(document["packages"]?.array?.first { $0["name"]?.string == name })
    }

    private func url(_ package: JSONValue) -> String? {
        package["externalRefs"]?.array?.first?["referenceLocator"]?.string
    }

    @Test func aRepositoryIsTold() throws {
        let tool = try package("tool")
        #expect(tool["downloadLocation"] == .string("https://example.org/deb/pool/tool_1.0_amd64.deb"))
        #expect(tool["supplier"] == .string("Organization: example"))
        #expect(
            url(tool) == "pkg:deb/example/tool@1.0?arch=amd64&repository_url=https:%2F%2Fexample.org%2Fdeb")
    }

    @Test func aFileIsToldByItsDigest() throws {
        let mine = try package("mine")
        #expect(mine["downloadLocation"] == .string("NOASSERTION") && mine["supplier"] == .string("NOASSERTION"))
        let digest = Digest(of: Array("mine".utf8)).hex
        #expect(
            url(mine)
                == "pkg:deb/local/mine@2.0?arch=amd64&checksum=sha256:\(digest)&file_name=debs%2Fmine_2.0_amd64.deb")
    }

    @Test func pinsAndExclusionsAreComments() throws {
        let bash = try package("bash")
        #expect(
            bash["comment"] == .string("bash is pinned at 5.2.15-2+b13; the newer security version 6 exists."))
        #expect(
            bash["downloadLocation"]
                == .string("https://snapshot.debian.org/archive/debian/20250102T030405Z/pool/main/x/bash.deb"))
        #expect(try package("opencode-docker")["comment"] == .string("perl-doc is left out: big"))
        #expect(try package("tzdata")["comment"] == nil)
    }

    @Test func provenanceHasTheRepositorysReleaseFile() throws {
        let builder = Provenance.Builder(id: "https://example.org/ci", toolVersion: "1.4.3")
        let json = Provenance(try Self.image(), source: nil, builder: builder).json
        let dependencies = json["buildDefinition"]?["resolvedDependencies"]?.array ?? []
        let release = dependencies.first { $0["name"]?.string == "example InRelease" }
        #expect(release?["uri"] == .string("https://example.org/deb/dists/stable/InRelease"))
        let mine = dependencies.first { $0["name"]?.string == "mine" }
        #expect(mine?["uri"] == nil && mine?["digest"]?["sha256"]?.string?.utf8.count == 64)
    }
}
