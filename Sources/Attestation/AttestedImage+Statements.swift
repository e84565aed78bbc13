// SPDX-License-Identifier: Apache-2.0

import Core
import Signing

extension AttestedImage {
    /// The statements about this image beside its signature: SBOM and provenance.
    ///
    /// Neither contains the current time, so attesting an image again gives the same statements.
    ///
    /// - Parameters:
    ///   - manifest: The image's manifest.
    ///   - source: The commit that it was built from, if it is known.
    ///   - builder: The name of the machine that built it: `local` or `github-actions`.
    ///   - toolVersion: The version of this program.
    package func statements(
        about manifest: Digest, source: Provenance.Source? = nil, builder: String = "local", toolVersion: String
    ) -> [Statement] {
        let machine = Provenance.Builder(
            id: Self.uri("builder/\(builder)/v1", homepage: homepage), toolVersion: toolVersion)
        return [
            SPDXDocument(self, tool: "opencode-docker-\(toolVersion)").statement(about: manifest),
            Provenance(self, source: source, builder: machine).statement(about: manifest),
        ]
    }
}
