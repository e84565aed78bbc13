// SPDX-License-Identifier: Apache-2.0

import Attestation
import Core
import Debian
import Lockfile
import OCI
import Signing
import Testing

@Suite("Documents about an image")
struct AttestationTests {
    static func package(
        _ name: String, _ version: String, source: (String, String)? = nil, architecture: String = "amd64",
        reason: String = "asked"
    ) throws -> LockedPackage {
        LockedPackage(
            name: try PackageName(name), version: try DebianVersion(version), architecture: architecture,
            source: try PackageName(source?.0 ?? name), sourceVersion: try DebianVersion(source?.1 ?? version),
            sha256: Digest(of: Array(name.utf8)), size: 10, installedSize: 10, path: "pool/main/x/\(name).deb",
            base: "debian", tier: .stable, reason: reason)
    }

    static func image(agent: Bool = true, homepage: String = "https://example.org/project") throws -> AttestedImage {
        let packages = [
            try package(
                "libssl3", "3.0.22-1~deb12u2", source: ("openssl", "3.0.22-1~deb12u2"), reason: "needed by bash"),
            try package("bash", "5.2.15-2+b13", source: ("bash", "5.2.15-2")),
            try package(
                "bsdutils", "1:2.38.1-5+deb12u3", source: ("util-linux", "2.38.1-5+deb12u3"), reason: "essential"),
            try package(
                "libstdc++6", "12.2.0-14+deb12u1", source: ("gcc-12", "12.2.0-14+deb12u1"), reason: "needed by gone"),
            try package("tzdata", "2026e-0+deb12u1", architecture: "all"),
        ]
        let artifact = LockedArtifact(
            name: "opencode", version: "1.18.21", platform: "linux/amd64",
            url: "https://github.com/anomalyco/opencode/releases/download/v1.18.21/opencode-linux-x64.tar.gz",
            sha256: Digest(of: Array("agent".utf8)), size: nil)
        let lock = VersionsLock(
            codename: "bookworm", snapshot: "2026-11-22T02:09:05Z", inputs: Digest(of: []),
            archives: [
                LockedArchive(
                    id: "bookworm", base: "debian", inRelease: Digest(of: Array("release".utf8)),
                    date: "2026-11-22T02:09:05Z", signer: "ABCD")
            ], architectures: ["amd64": packages], artifacts: [artifact])
        return AttestedImage(
            name: "opencode-docker", version: "1.4.3", platform: .amd64, lock: lock, includesPrograms: agent,
            vendor: "The authors", homepage: homepage, manifest: Digest(of: Array("image".utf8)),
            repository: "registry.example/team/opencode-docker")
    }

    /// As in syft's output, so that grype finds the advisories.
    static let urls = [
        "pkg:deb/debian/libssl3@3.0.22-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl",
        "pkg:deb/debian/bash@5.2.15-2%2Bb13?arch=amd64&distro=debian-12&upstream=bash%405.2.15-2",
        "pkg:deb/debian/bsdutils@1:2.38.1-5%2Bdeb12u3?arch=amd64&distro=debian-12&upstream=util-linux%402.38.1-5%2Bdeb12u3",
        "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64&distro=debian-12&upstream=gcc-12",
        "pkg:deb/debian/tzdata@2026e-0%2Bdeb12u1?arch=all&distro=debian-12",
    ]

    @Test("Each package has the package URL that scanners expect")
    func packageURLs() throws {
        let document = SPDXDocument(try Self.image(), tool: "tool-1").json
        let found = (document["packages"]?.array ?? []).compactMap {
            $0["externalRefs"]?.array?.first?["referenceLocator"]?.string
        }
        for url in Self.urls { #expect(found.contains(url), "\(url)") }
        #expect(found.count == 7, "each package once; sources have none")
        #expect(found[0].hasPrefix("pkg:oci/opencode-docker@sha256:"))
        #expect(found[6].hasPrefix("pkg:github/anomalyco/opencode@v1.18.21?checksum=sha256:"))
    }

    @Test("The document lists every .deb with its digest, and is deterministic")
    func document() throws {
        let image = try Self.image()
        let document = SPDXDocument(image, tool: "tool-1")
        #expect(document.text == SPDXDocument(image, tool: "tool-1").text)
        #expect(document.json["creationInfo"]?["created"] == .string("2026-11-22T02:09:05Z"))
        let sums = (document.json["packages"]?.array ?? []).compactMap {
            $0["checksums"]?.array?.first?["checksumValue"]?.string
        }
        for package in image.lock.architectures["amd64", default: []] { #expect(sums.contains(package.sha256.hex)) }
        let other = SPDXDocument(try Self.image(agent: false), tool: "tool-1")
        #expect(other.json["documentNamespace"] != document.json["documentNamespace"])
        #expect(!other.text.contains("opencode-linux-x64"))
    }

    @Test("Relationships are those of the lock")
    func relationships() throws {
        let document = SPDXDocument(try Self.image(), tool: "tool-1").json
        let relations = (document["relationships"]?.array ?? []).map { relation in
            ["spdxElementId", "relationshipType", "relatedSpdxElement"].map { relation[$0]?.string ?? "" }
        }
        #expect(relations.contains(["SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Image-opencode-docker"]))
        #expect(relations.filter { $0[1] == "CONTAINS" }.count == 6)
        #expect(
            relations.filter { $0[1] == "DEPENDS_ON" } == [["SPDXRef-deb-bash", "DEPENDS_ON", "SPDXRef-deb-libssl3"]])
        #expect(relations.contains(["SPDXRef-deb-bash", "GENERATED_FROM", "SPDXRef-source-bash-5.2.15-2"]))
        let known = Set((document["packages"]?.array ?? []).compactMap { $0["SPDXID"]?.string })
        for relation in relations.dropFirst() { #expect(known.contains(relation[0]) && known.contains(relation[2])) }
    }

    @Test("Provenance lists the lock, each InRelease, each .deb and the agent")
    func provenance() throws {
        let image = try Self.image()
        let builder = Provenance.Builder(id: "https://example.org/ci", toolVersion: "1.4.3")
        let source = Provenance.Source(uri: "git+https://example.org/project@refs/tags/v1.4.3", commit: "abc")
        let provenance = Provenance(image, source: source, builder: builder)
        let definition = provenance.json["buildDefinition"]
        let dependencies = definition?["resolvedDependencies"]?.array ?? []
        #expect(dependencies.count == 1 + 1 + 1 + 5 + 1)
        #expect(dependencies[0]["digest"]?["gitCommit"] == .string("abc"))
        #expect(dependencies[1]["digest"]?["sha256"] == .string(Digest(of: image.lock.serialized()).hex))
        #expect(
            dependencies[2]["uri"]
                == .string("https://snapshot.debian.org/archive/debian/20261123T020905Z/dists/bookworm/InRelease"))
        #expect(dependencies.dropFirst().allSatisfy { $0["digest"]?["sha256"]?.string?.utf8.count == 64 })
        #expect(provenance.json["runDetails"]?["metadata"] == nil)
        #expect(definition?["buildType"] == .string("https://example.org/project/build/v1"))
        let statement = provenance.statement(about: Digest(of: []))
        #expect(try Statement(parsing: statement.bytes) == statement)
    }

    @Test(
        "URIs are absolute, also for a project without a homepage",
        arguments: [
            ("https://example.org/project", "https://example.org/project/spdx/image/"),
            ("", "https://spdx.org/spdxdocs/image/"),
        ])
    func uris(homepage: String, namespace: String) throws {
        let image = try Self.image(homepage: homepage)
        let document = SPDXDocument(image, tool: "tool-1")
        #expect(document.json["documentNamespace"]?.string?.hasPrefix(namespace) == true)
        let builder = Provenance.Builder(id: Provenance.Builder.localID(homepage: homepage), toolVersion: "1")
        let provenance = Provenance(image, source: nil, builder: builder).json
        for uri in [
            provenance["buildDefinition"]?["buildType"], provenance["runDetails"]?["builder"]?["id"],
        ] {
            #expect(uri?.string?.wholeMatch(of: #/[a-z][a-z0-9+.\-]*:[^#\s]+/#) != nil)
        }
    }
}
