// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Engine
import ImageBuilding

/// `context`: writes everything that a build needs to one tar archive.
struct ContextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "context",
        abstract: "Write the build context as one tar archive.",
        discussion: """
            The archive contains a Dockerfile, the layers, the configure program and versions.lock. The same lock \
            gives the same bytes. Any builder makes the image's files from it, without network.

            EXAMPLES
              opencode-docker context --base --file context.tar
              opencode-docker context --base --file - | docker build --network none -
            """)

    @OptionGroup(title: "Image") var image: ImageOptions
    @OptionGroup(title: "Downloads") var downloads: DownloadOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    @Flag(help: "Write the context of the image without the agent. [environment: OPENCODE_DOCKER_BASE=1]")
    var base = false

    @Option(
        name: .shortAndLong,
        help: .init(
            "The output file; '-' is standard output. [environment: OPENCODE_DOCKER_FILE]", valueName: "file"),
        completion: .file())
    var file = "context.tar"

    @OptionGroup var programFiles: ProgramFileOptions

    func run() async throws {
        let environment = CommandEnvironment.current
        let inputs = try image.inputs(environment)
        let request = try inputs.contextRequest(
            platform: image.chosenPlatform(environment), base: base, artifacts: programFiles.artifact)
        // Layers contain files of other owners, which an ordinary user can create only in a namespace.
        try PrivateNamespace.enter(environment)
        let host = try downloads.host(environment)
        let digest = try await console.withProgress(environment: environment.variables) { progress in
            try await ContextOutput(inputs: inputs, host: host, request: request)
                .write(to: FileOrStandardOutput(file), progress: progress)
        }
        if file != "-" { print(digest) }
    }
}
