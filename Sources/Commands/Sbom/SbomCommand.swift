// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Attestation
import Core
import ImageBuilding
import OCI
import SystemPackage

/// `sbom`: describes the contents of an image, from its lock.
struct SbomCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sbom",
        abstract: "Write an SPDX bill of materials or SLSA provenance.",
        discussion: """
            Both are generated from versions.lock, before anything is built: every Debian package with the digest of \
            its .deb, its source and its package URL, and the agent. The same lock gives the same bytes. `release` \
            publishes the same documents, signed, beside the image.

            EXAMPLES
              opencode-docker sbom > sbom.spdx.json
              opencode-docker sbom --platform linux/arm64 --output sbom.spdx.json
              opencode-docker sbom --format provenance --output provenance.json
            """)

    @OptionGroup(title: "Image") var image: ImageOptions

    @Flag(help: "Describe the image without the agent. [environment: OPENCODE_DOCKER_BASE=1]")
    var base = false

    @Option(
        help: .init("The format: spdx or provenance. [environment: OPENCODE_DOCKER_FORMAT]", valueName: "format"))
    var format = SbomFormat.spdx

    @Option(
        help: .init(
            "The manifest's digest, if the image is built already. [environment: OPENCODE_DOCKER_MANIFEST]",
            valueName: "digest"))
    var manifest: String?

    @Option(
        name: .shortAndLong,
        help: .init(
            "The output file; '-' is standard output. [environment: OPENCODE_DOCKER_OUTPUT]", valueName: "file"),
        completion: .file())
    var output = "-"

    func run() throws {
        let environment = CommandEnvironment.current
        let inputs = try image.inputs(environment)
        let subject = inputs.attested(
            platform: try image.chosenPlatform(environment), includesPrograms: !base,
            manifest: try manifest.map { try Digest($0) })
        let text: String
        switch format {
        case .spdx: text = SPDXDocument(subject, tool: "opencode-docker-\(ProgramVersion.current)").text
        case .provenance:
            let builder = Provenance.Builder(
                id: Provenance.Builder.localID(homepage: subject.homepage), toolVersion: ProgramVersion.current)
            text = Provenance(subject, source: nil, builder: builder).json.pretty()
        }
        _ = try FileOrStandardOutput(output).write { sink in
            try Array(text.utf8).withUnsafeBytes { try sink($0) }
        }
    }
}

/// The documents of `sbom`.
enum SbomFormat: String, ExpressibleByArgument, CaseIterable {
    case spdx, provenance
}
