// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage
import Testing

extension EndToEnd {
    /// Some months of a project's life: released, quiet nights, security updates, a stronger hardening, a weaker one.
    @Suite(.serialized)
    struct StoryTests {
        @Test("1.0.0; nothing new; security updates make 1.0.1; stronger makes 1.1.0; weaker is refused")
        func story() async throws {
            let (project, updates) = try await ReleasedProject.found("story")
            #expect(!updates.isEmpty, "bookworm-security has nothing that the main archive does not have")
            try await firstRelease(project)
            try await quietNight(project)
            try await securityUpdates(project, updates)
            try await stronger(project)
            try await weaker(project)
        }

        private func firstRelease(_ project: ReleasedProject) async throws {
            let clone = try await project.clone("maintainer")
            let plan = try await project.publish(in: clone, "release", "--plan")
            #expect(plan.status == 0 && plan.output.hasPrefix("1.0.0 (the first release)"), "\(plan.error)")
            #expect(!Files.exists(project.registry), "a plan changes nothing")
            let ending = try await project.publish(in: clone, "release")
            #expect(ending.status == 0, "\(ending.error)")
            #expect(try await tags(of: project) == ["1", "1.0", "1.0.0", "latest"])
            #expect(try await git(project, "tag; git log --format=%s main") == "v1.0.0\nRelease 1.0.0\nFirst\n")
            // An independent reader finds the image, by the digest that was printed.
            let found = try await Shell.must(
                "skopeo inspect \"oci:$1:1.0.0\" | jq -r '.Digest, .Labels[\"org.opencontainers.image.version\"]'",
                [project.registry.string])
            #expect(found == "\(ending.lastLine)\n1.0.0-base\n")
            let again = try await project.publish(in: clone, "release", "--detailed-exitcode")
            #expect(again.status == 3 && again.output == "Nothing changed since the last release.\n", "\(again.error)")
        }

        private func quietNight(_ project: ReleasedProject) async throws {
            let clone = try await project.clone("first-night")
            let before = try await git(project, "rev-parse main")
            let ending = try await project.publish(in: clone, "nightly", "--format", "json")
            #expect(ending.status == 3, "\(ending.error)")
            let report = try Report(ending.output)
            #expect(!report.changed && report.version == "1.0.0" && report.evidence == "release files")
            #expect(report.heartbeat != nil)
            #expect(try await tags(of: project).contains("channel-stable"))
            #expect(try await git(project, "rev-parse main") == before)
        }

        /// The release files are others now; a fresh clone remembers nothing, so the packages themselves are compared.
        private func securityUpdates(_ project: ReleasedProject, _ updates: [String]) async throws {
            let clone = try await project.clone("second-night")
            try await Mirror.with(.longer, "/InRelease$") { mirror in
                let look = try await project.publish(
                    in: clone, "nightly", "--dry-run", "--format", "json", "--mirror", mirror.address)
                #expect(look.status == 0, "\(look.error)")
                #expect(try Report(look.output).version == "1.0.1")
                #expect(try await git(project, "tag") == "v1.0.0\n")
                let ending = try await project.publish(
                    in: clone, "nightly", "--format", "json", "--mirror", mirror.address)
                #expect(ending.status == 0, "\(ending.error)")
                let report = try Report(ending.output)
                #expect(report.changed && report.version == "1.0.1" && !(report.cves ?? []).isEmpty)
                let changelog = try await git(project, "show main:CHANGELOG.md")
                let section = changelog.components(separatedBy: "## [").first { $0.hasPrefix("1.0.1]") } ?? ""
                #expect(section.contains("### Security"), "\(changelog)")
                for source in updates { #expect(section.contains(" \(source) "), "\(source): \(section)") }
                for cve in report.cves ?? [] { #expect(section.contains(cve), "\(cve): \(section)") }
                #expect(changelog.contains("## [Unreleased]\n\n## [1.0.1]"))
            }
        }

        private func stronger(_ project: ReleasedProject) async throws {
            let clone = try await project.clone("stronger")
            try await commit("s/^\\( *pids:\\).*/\\1 512/", in: clone)
            let ending = try await project.publish(in: clone, "release", "--explain")
            #expect(ending.status == 0, "\(ending.error)")
            #expect(ending.output.contains("1.0.1 -> 1.1.0 (minor)"), "\(ending.output)")
            #expect(try await git(project, "show main:SECURITY.md").contains("| 1.1.x | yes |"))
            #expect(try await tags(of: project).contains("1.1.0"))
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

        /// The repository's tags, without those that stand in for a registry's referrers.
        private func tags(of project: ReleasedProject) async throws -> [String] {
            try await Shell.must(
                "jq -r '.manifests[].annotations[\"org.opencontainers.image.ref.name\"] // empty' \"$1/index.json\"",
                [project.registry.string]
            ).split(separator: "\n").map(String.init).filter { !$0.hasPrefix("sha256-") }.sorted()
        }
    }
}

/// What `nightly --format json` prints, as far as a program would read it.
private struct Report: Decodable {
    let changed: Bool
    let version: String
    let evidence, heartbeat: String?
    let cves: [String]?

    init(_ text: String) throws { self = try JSONDecoder().decode(Report.self, from: Data(text.utf8)) }
}
