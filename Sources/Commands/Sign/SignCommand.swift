// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Releasing

/// `sign`: signs an image in a registry.
struct SignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign an image in a registry.",
        discussion: """
            Signs the index and each image in it, as a Sigstore bundle (cosign 3) and under the .sig tag (podman, \
            skopeo, older cosign), for the full name with each tag. With --attest, each image also gets its SPDX bill \
            of materials and its provenance, from versions.lock. Existing signatures of this key are kept. The output \
            is the digest that was signed; `release` does all of this itself.

            EXAMPLES
              opencode-docker sign registry.example/team/opencode:1.4.3 --key release.key
              opencode-docker sign r.example/a:1.4.3 --tag 1.4 --tag 1 --key release.key
              opencode-docker sign r.example/a@sha256:… --release 1.4.3 --key release.key
            """)

    @Argument(help: .init("The image: registry/path:tag or registry/path@sha256:….", valueName: "image"))
    var image: String

    @OptionGroup(title: "Key") var key: SigningKeyOptions

    @Option(
        help: .init(
            "A further tag to sign for; may be repeated. [environment: OPENCODE_DOCKER_TAG]", valueName: "tag"))
    var tag: [String] = []

    @Option(
        help: .init(
            "The version, if the tag is not one. [environment: OPENCODE_DOCKER_RELEASE]", valueName: "x.y.z"))
    var release: String?

    @Flag(help: "Also publish the bill of materials and the provenance. [environment: OPENCODE_DOCKER_ATTEST=1]")
    var attest = false

    @Flag(help: "The image has no agent. [environment: OPENCODE_DOCKER_BASE=1]")
    var base = false

    @OptionGroup(title: "Image") var inputs: ImageOptions
    @OptionGroup(title: "Registries") var registries: RegistryOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    func run() async throws {
        let environment = CommandEnvironment.current
        let signing = ImageSigning(
            of: image, key: try key.load(environment), tags: tag, version: release, toolVersion: ProgramVersion.current)
        let attested = attest ? try inputs.inputs(environment) : nil
        let (settings, includesPrograms) = (registries.settings(environment), !base)
        let digest = try await console.withProgress(environment: environment.variables) { progress in
            try await signing.run(
                in: settings, attesting: attested, includesPrograms: includesPrograms, progress: progress)
        }
        print(digest)
    }
}
