// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage
import Testing

extension EndToEnd {
    /// `verify` on the unchanged image and with a weakened profile.
    @Suite(.serialized)
    struct VerifyTests {
        static let proven = ["C02", "C03", "C07", "C08", "C09", "C10", "C11", "C14", "C15", "C16", "C17", "C18"]

        @Test("Every provable claim holds")
        func green() async throws {
            let image = try await Harness.shared.image()
            let ending = try await Harness.run(["verify", "--base", "--format", "json"], store: image.store)
            #expect(ending.status == 0, "\(ending.error)")
            try await ending.expectSchema("verify")
            let report = try Report(ending.output)
            #expect(report.schema == "opencode-docker.verify/1")
            #expect(report.passed)
            #expect(report.image == image.digest)
            #expect(report.counts["red"] == 0)
            for claim in Self.proven { #expect(report.status(of: claim) == "green", "\(claim)") }
        }

        @Test("An additional capability turns C08 red")
        func weakened() async throws {
            let image = try await Harness.shared.image()
            let directory = try await Harness.definition(
                "weakened", "hardening.yaml",
                "s/\\[CHOWN, FOWNER, SETGID, SETUID\\]/[CHOWN, FOWNER, NET_RAW, SETGID, SETUID]/")
            let ending = try await Harness.run(
                ["verify", "--base", "--offline", "--format", "json", "--image-dir", directory.string],
                store: image.store)
            #expect(ending.status == 1, "\(ending.error)")
            try await ending.expectSchema("verify")
            let report = try Report(ending.output)
            #expect(!report.passed)
            #expect(report.status(of: "C08") == "red")
            #expect(report.status(of: "C15") == "green")
        }

        @Test("The image in an archive for `docker load` gets the same verdict")
        func archive() async throws {
            let image = try await Harness.shared.image()
            let ending = try await Harness.run(
                ["verify", "docker-archive:\(image.archive)", "--offline", "--format", "json"], store: image.store)
            #expect(ending.status == 0, "\(ending.error)")
            try await ending.expectSchema("verify")
            let report = try Report(ending.output)
            #expect(report.passed && report.counts["red"] == 0)
            for claim in ["C08", "C17", "C18"] { #expect(report.status(of: claim) == "green", "\(claim)") }
        }

        /// An invalid archive, or one whose layer leaves its directory, causes one error message; nothing is verified
        /// or written.
        @Test(
            "a broken or hostile archive is refused",
            arguments: [
                ("head -c 3000000 \"$1\" > \"$2\"", "it ends in the middle of an entry"),
                ("echo hello > \"$2\"", "it ends in the middle of an entry"),
                ("python3 -c \"$HOSTILE\" \"$2\"", "'d' in "), ("true", "No such file or directory"),
            ])
        func hostile(_ script: String, _ sentence: String) async throws {
            let image = try await Harness.shared.image()
            let file = Harness.directory.appending("hostile-\(Files.uniqueSuffix()).tar")
            try await Shell.must(
                script, [image.archive.string, file.string], environment: ["HOSTILE": Self.throughALink])
            let before = try Files.list(image.store.appending("tmp"))
            let ending = try await Harness.run(["verify", "docker-archive:\(file)", "--offline"], store: image.store)
            #expect(ending.status == 2 && ending.output.isEmpty)
            let errors = ending.error.split(separator: "\n").filter { $0.hasPrefix("error: ") }
            #expect(errors.count == 1 && errors.allSatisfy { $0.contains(sentence) }, "\(ending.error)")
            #expect(!Files.exists("/tmp/out-of-the-layer"))
            #expect(try Files.list(image.store.appending("tmp")) == before)
        }

        /// An archive with one layer that has a link out of its directory, and a file behind the link.
        private static let throughALink = """
            import hashlib, io, json, sys, tarfile
            def tar(members):
                stream = io.BytesIO()
                with tarfile.open(fileobj=stream, mode="w") as archive:
                    for name, data, link in members:
                        entry = tarfile.TarInfo(name)
                        entry.size, entry.type, entry.linkname = len(data), tarfile.SYMTYPE if link else tarfile.REGTYPE, link
                        archive.addfile(entry, io.BytesIO(data))
                return stream.getvalue()
            layer = tar([("d", b"", "../" * 20 + "tmp"), ("d/out-of-the-layer", b"x", "")])
            settings = {"created": "2025-01-01T00:00:00Z", "architecture": "amd64", "os": "linux", "config": {},
                        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]}}
            listed = [{"Config": "c.json", "RepoTags": ["x:1"], "Layers": ["l.tar"]}]
            open(sys.argv[1], "wb").write(tar([("manifest.json", json.dumps(listed).encode(), ""),
                ("c.json", json.dumps(settings).encode(), ""), ("l.tar", layer, "")]))
            """
    }
}

/// The relevant part of the output of `verify --format json`.
private struct Report: Decodable {
    struct Claim: Decodable { let id, status: String }
    let schema, image: String
    let passed: Bool
    let counts: [String: Int]
    let claims: [Claim]

    init(_ text: String) throws { self = try JSONDecoder().decode(Report.self, from: Data(text.utf8)) }

    func status(of claim: String) -> String? { claims.first { $0.id == claim }?.status }
}
