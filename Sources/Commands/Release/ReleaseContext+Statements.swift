// SPDX-License-Identifier: Apache-2.0

import Attestation
import OCI
import Release
import Signing

extension ReleaseContext {
    /// What is said of each image beside its signature: SBOM and provenance, from the files it was built from.
    ///
    /// Neither has a time of its own: the same release, attested again after a kill, is the same statement.
    func statements() -> ReleaseSigner.Statements {
        let (base, builder) = (
            options.base, environment.variable("GITHUB_ACTIONS") == nil ? "local" : "github-actions"
        )
        return { release in
            let inputs = try ImageInputs(below: release.directory)
            return release.images.flatMap { image in
                let subject = inputs.attested(
                    platform: image.platform, includesAgent: !base, manifest: image.digest,
                    repository: release.repository)
                let tag = "refs/tags/\(release.version.gitTag)"
                let provenance = Provenance(
                    subject,
                    // Whoever publishes names the address of the source, or leaves it out.
                    source: subject.homepage.isEmpty
                        ? nil
                        : .init(uri: "git+\(subject.homepage)@\(tag)", commit: release.source.description),
                    builder: .init(
                        id: AttestedImage.uri("builder/\(builder)/v1", homepage: subject.homepage),
                        toolVersion: ProgramVersion.current))
                return [
                    SPDXDocument(subject, tool: "opencode-docker-\(ProgramVersion.current)")
                        .statement(about: image.digest),
                    provenance.statement(about: image.digest),
                ]
            }
        }
    }
}
