// SPDX-License-Identifier: Apache-2.0

import Attestation
import ImageBuilding
import OCI
import Release
import Signing

extension ReleaseContext {
    /// The statements about each image, from the files that it was built from.
    func statements() -> ReleaseSigner.Statements {
        let settings = settings
        return { release in
            let inputs = try ImageInputs(below: release.directory)
            return release.images.flatMap { image in
                let subject = inputs.attested(
                    platform: image.platform, includesPrograms: !settings.isBase, manifest: image.digest,
                    repository: release.repository)
                // The publisher configures the address of the source, or leaves it out.
                let source = Provenance.Source(
                    uri: "git+\(subject.homepage)@refs/tags/\(release.version.gitTag)",
                    commit: release.source.description)
                return subject.statements(
                    about: image.digest, source: subject.homepage.isEmpty ? nil : source, builder: settings.builder,
                    toolVersion: settings.toolVersion)
            }
        }
    }
}
