// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage
import Testing

extension EndToEnd {
    /// Some months of a project: a release, nights without updates, security updates, a stronger hardening, a weaker
    /// one.
    @Suite(.serialized, .enabled(if: SigningFixture.isPossible))
    struct StoryTests {
        @Test(
            """
            In a registry: 1.0.0; nothing new; security updates make 1.0.1; stronger makes 1.1.0; weaker is refused; who knows \
            1.1.0 refuses 1.0.1
            """)
        func story() async throws {
            try await ReleasedProject.with("story") { project, updates in
                #expect(!updates.isEmpty, "bookworm-security has nothing that the main archive does not have")
                try await firstRelease(project)
                try await quietNight(project)
                try await securityUpdates(project, updates)
                try await nightBehind(project)
                try await stronger(project)
                try await weaker(project)
                try await putBack(project)
            }
        }

        private func firstRelease(_ project: ReleasedProject) async throws {
            let clone = try await project.clone("maintainer")
            let plan = try await project.publish(in: clone, "release", "--plan")
            #expect(plan.status == 0 && plan.output.hasPrefix("1.0.0 (the first release)"), "\(plan.error)")
            #expect(!Files.exists(project.directory.pushing("data/docker")), "a plan changes nothing")
            try await withoutRegistry(project, clone)
            let ending = try await project.publish(in: clone, "release")
            #expect(ending.status == 0, "\(ending.error)")
            #expect(ending.output.contains("\n\(project.name):1.0.0-base\n"), "\(ending.output)")
            #expect(try await tags(of: project) == ["1-base", "1.0-base", "1.0.0-base", "latest-base"])
            #expect(try await git(project, "tag; git log --format=%s main") == "v1.0.0\nRelease 1.0.0\nFirst\n")
            // skopeo finds the image by the printed digest.
            let label = ".Labels[\"org.opencontainers.image.version\"]"
            let found = try await project.skopeo(
                "skopeo inspect --cert-dir $CERTS $IMAGE:1.0.0-base | jq -r '.Digest, \(label)'")
            #expect(found == "\(ending.lastLine)\n1.0.0-base\n")
            let again = try await project.publish(in: clone, "release", "--detailed-exitcode", "--format", "json")
            #expect(again.status == 3, "\(again.error)")
            try await again.expectSchema("release-report")
        }

        /// The same release in a directory, from a clone without a remote: the image is the same, and nothing is
        /// published.
        private func withoutRegistry(_ project: ReleasedProject, _ clone: FilePath) async throws {
            let trial = project.directory.appending("trial")
            try await Shell.must(
                "cp -a \"$1\" \"$2\"; git -C \"$2\" remote remove origin", [clone.string, trial.string])
            let ending = try await project.publish(
                in: trial, "release", "--destination", "oci:\(project.directory)/layout", "--format", "json")
            #expect(ending.status == 0, "\(ending.error)")
            try await ending.expectSchema("release-report")
            let found = try await Shell.must(
                "skopeo inspect \"oci:$1/layout:1.0.0-base\" | jq -r .Digest", [project.directory.string])
            #expect(try Report(ending.output).image == found.trimmingCharacters(in: .newlines))
            #expect(!Files.exists(project.directory.pushing("data/docker")))
        }

        private func quietNight(_ project: ReleasedProject) async throws {
            let clone = try await project.clone("first-night")
            let before = try await git(project, "rev-parse main")
            let ending = try await project.publish(in: clone, "nightly", "--format", "json")
            #expect(ending.status == 3, "\(ending.error)")
            let report = try Report(ending.output)
            try await ending.expectSchema("nightly")
            #expect(!report.changed && report.version == "1.0.0" && report.evidence == "release files")
            #expect(report.heartbeat != nil)
            #expect(try await tags(of: project).contains("channel-stable"))
            #expect(try await git(project, "rev-parse main") == before)
        }

        /// The release files changed; a fresh clone has no record, so the packages themselves are compared.
        private func securityUpdates(_ project: ReleasedProject, _ updates: [String]) async throws {
            let clone = try await project.clone("second-night")
            try await Mirror.with(.longer, "/InRelease$") { mirror in
                let look = try await project.publish(
                    in: clone, "nightly", "--dry-run", "--format", "json", "--mirror", mirror.address)
                #expect(look.status == 0, "\(look.error)")
                try await look.expectSchema("nightly")
                #expect(try Report(look.output).version == "1.0.1")
                #expect(try await git(project, "tag") == "v1.0.0\n")
                let ending = try await project.publish(
                    in: clone, "nightly", "--format", "json", "--mirror", mirror.address)
                #expect(ending.status == 0, "\(ending.error)")
                let report = try Report(ending.output)
                try await ending.expectSchema("nightly")
                #expect(report.changed && report.version == "1.0.1" && !(report.cves ?? []).isEmpty)
                let changelog = try await git(project, "show main:CHANGELOG.md")
                let section = changelog.components(separatedBy: "## [").first { $0.hasPrefix("1.0.1]") } ?? ""
                #expect(section.contains("### Security"), "\(changelog)")
                for source in updates { #expect(section.contains(" \(source) "), "\(source): \(section)") }
                for cve in report.cves ?? [] { #expect(section.contains(cve), "\(cve): \(section)") }
                #expect(changelog.contains("## [Unreleased]\n\n## [1.0.1]"))
            }
        }

        /// One machine used a newly signed mirror: on another machine without a record, the heartbeat prevents a
        /// rollback of the archive, and shows that nothing changed.
        private func nightBehind(_ project: ReleasedProject) async throws {
            let clone = try await project.clone("third-night")
            try await Mirror.with(.longer, "/InRelease$") { mirror in
                let look = try await project.publish(
                    in: clone, "nightly", "--dry-run", "--format", "json", "--mirror", mirror.address)
                #expect(look.status == 3, "\(look.error)")
                #expect(try Report(look.output).evidence == "release files", "\(look.output)")
            }
        }

        private func stronger(_ project: ReleasedProject) async throws {
            let clone = try await project.clone("stronger")
            try await commit("s/^\\( *pids:\\).*/\\1 512/", in: clone)
            let ending = try await project.publish(in: clone, "release", "--format", "json")
            #expect(ending.status == 0, "\(ending.error)")
            let report = try Report(ending.output)
            try await ending.expectSchema("release-report")
            #expect(
                report.previous == "1.0.1" && report.version == "1.1.0" && report.step == "minor", "\(ending.output)")
            #expect(try await git(project, "show main:SECURITY.md").contains("| 1.1.x | yes |"))
            #expect(try await tags(of: project).contains("1.1.0-base"))
        }

        private func weaker(_ project: ReleasedProject) async throws {
            let clone = try await project.clone("weaker")
            try await commit("s/^\\( *pids:\\).*/\\1 8192/", in: clone)
            let ending = try await project.publish(in: clone, "release")
            #expect(ending.status == 1)
            #expect(ending.error.contains("The hardening is weaker than that of the last release"), "\(ending.error)")
            #expect(ending.error.contains("--accept-weaker C"), "\(ending.error)")
            #expect(try await git(project, "tag") == "v1.0.0\nv1.0.1\nv1.1.0\n")
        }

        /// The registry's owner moves a tag back to an image that was once signed for it.
        private func putBack(_ project: ReleasedProject) async throws {
            let user = ["OPENCODE_DOCKER_STATE": "\(project.directory)/state", "OPENCODE_DOCKER_KEY": ""]
            let clone = try await project.clone("user")
            let command = ["run", "--engine", "embedded", "--network", "none", "--trust", "trust.json", "--", "true"]
            let newest = try await project.run(in: clone, command, user)
            #expect(newest.status == 0, "\(newest.error)")
            try await project.skopeo(
                """
                skopeo copy --quiet --all --src-cert-dir $CERTS --dest-cert-dir $CERTS $IMAGE:1.0.1-base $IMAGE:latest-base
                """)
            let old = try await project.run(in: clone, command, user)
            #expect(old.status == 1 && old.error.contains("1.0.1") && old.error.contains("1.1.0"), "\(old.error)")
        }

        private func commit(_ change: String, in clone: FilePath) async throws {
            try await Shell.must(
                """
                cd "$1" && sed -i "$2" image/hardening.yaml && git -c user.name=M -c user.email=m@example.org commit -qam Limits
                git push -q origin main
                """, [clone.string, change])
        }

        private func git(_ project: ReleasedProject, _ command: String) async throws -> String {
            try await Shell.must("cd \"$1\" && git \(command)", [project.origin.string])
        }

        /// The repository's tags, without those of the referrers tag schema.
        private func tags(of project: ReleasedProject) async throws -> [String] {
            try await project.skopeo("skopeo list-tags --cert-dir $CERTS $IMAGE | jq -r '.Tags[]'").split(
                separator: "\n"
            ).map(String.init).filter { !$0.hasPrefix("sha256-") }.sorted()
        }
    }
}

/// The relevant part of the output of `release` and `nightly --format json`.
private struct Report: Decodable {
    let changed: Bool
    let version: String
    let evidence, heartbeat, image, previous, step: String?
    let cves: [String]?

    init(_ text: String) throws { self = try JSONDecoder().decode(Report.self, from: Data(text.utf8)) }
}
