// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import ImageBuilding
import OCI
import Registry

/// `copy`: copies an image from one repository to another, byte for byte.
struct CopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy an image with its signatures between registries.",
        discussion: """
            Copies all platforms with every signature and attestation unchanged, so the digest stays the same. Each \
            side is a registry's repository (registry/path:tag, or @sha256:… for the source) or an OCI image layout \
            (oci:DIR[:TAG]). Existing blobs are not sent again, and an interrupted copy is resumed. Signatures are not \
            verified. The last line on standard output is the image's digest.

            EXAMPLES
              opencode-docker copy registry.example/opencode:1.0.0 mirror.example/opencode
              opencode-docker copy registry.example/opencode:1.0.0 oci:airgap
              opencode-docker copy oci:airgap:1.0.0 registry.internal/opencode:1.0.0
            """)

    @Argument(help: .init("The source.", valueName: "source"))
    var source: String

    @Argument(help: .init("The destination.", valueName: "destination"))
    var destination: String

    @Flag(
        help: "Copy no signatures and attestations. [environment: OPENCODE_DOCKER_WITHOUT_ATTACHMENTS=1]")
    var withoutAttachments = false

    @Option(help: .init("The output format: text or json. [environment: OPENCODE_DOCKER_FORMAT]", valueName: "format"))
    var format = OutputFormat.text

    @OptionGroup(title: "Registries") var registries: RegistryOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    func run() async throws {
        let environment = CommandEnvironment.current
        let (from, to) = (try RepositoryPlace(existing: source), try RepositoryPlace(new: destination))
        let name = try from.manifestName()
        let store = try Store(root: environment.storeDirectory)
        var report = CopyReport()
        try await console.withProgress(environment: environment.variables) { progress in
            let settings = registries.settings(environment).telling(progress)
            let target = try await to.open(for: .writing(mountSources: from.mountSources(of: to)), settings)
            let copy = RepositoryCopy(from: try await from.open(for: .reading, settings), to: target, through: store)
            let tags = to.tags(for: name)
            let copied = try await copy.run(name, tags: tags, attachments: !withoutAttachments, progress: progress)
            if copied.blobs == 0 { progress(.note(copied.nothingSent(to: target.name))) }
            report.add(copied, to: target.name, tags: tags)
        }
        print(report.text(format))
    }
}

extension RepositoryPlace {
    /// The repository of this place, when `other` is in the same registry: its blobs are mounted from there.
    func mountSources(of other: RepositoryPlace) -> [String] {
        guard case .registry(let own) = self, case .registry(let other) = other, own.registry == other.registry
        else { return [] }
        return [own.repository]
    }

    /// The tags of the copy: the tag of the command line, else that of the source.
    func tags(for name: ManifestName) -> [String] {
        if let tag { return [tag] }
        guard case .tag(let tag) = name else { return [] }
        return [tag]
    }
}
