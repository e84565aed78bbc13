// SPDX-License-Identifier: Apache-2.0

import Attestation
import ImageBuilding
import OCI
import Release
import Signing

extension ReleaseContext {
    /// The statements about each image beside its signature: SBOM and provenance, from the files it was built from.
    ///
    /// Neither contains the current time: attesting a release again after a kill gives the same statement.
    func statements() -> ReleaseSigner.Statements {
        let settings = settings
        return { release in
            let inputs = try ImageInputs(below: release.directory)
            return release.images.flatMap { image in
                let subject = inputs.attested(
                    platform: image.platform, includesAgent: !settings.isBase, manifest: image.digest,
                    repository: release.repository)
                let tag = "refs/tags/\(release.version.gitTag)"
                let provenance = Provenance(
                    subject,
                    // The publisher configures the address of the source, or leaves it out.
                    source: subject.homepage.isEmpty
                        ? nil
                        : .init(uri: "git+\(subject.homepage)@\(tag)", commit: release.source.description),
                    builder: .init(
                        id: AttestedImage.uri("builder/\(settings.builder)/v1", homepage: subject.homepage),
                        toolVersion: settings.toolVersion))
                return [
                    SPDXDocument(subject, tool: "opencode-docker-\(settings.toolVersion)")
                        .statement(about: image.digest),
                    provenance.statement(about: image.digest),
                ]
            }
        }
    }
}
