// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Export

/// `export`: documents from which other programs start the image.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the hardening for dev containers, Compose, Kubernetes.",
        discussion: """
            Renders a profile of hardening.yaml as a document of another program, so that it holds a container as \
            `run` does. Comments at the top name what such a document cannot express. docs/containers.md describes \
            what the image does by itself.

            EXAMPLES
              opencode-docker export compose > compose.yaml
              opencode-docker export kubernetes --profile strict | kubectl apply -f -
            """,
        subcommands: [ExportDevcontainerCommand.self, ExportComposeCommand.self, ExportKubernetesCommand.self])
}

/// `export devcontainer`.
struct ExportDevcontainerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devcontainer",
        abstract: "Write a devcontainer.json.",
        discussion: """
            The image's label says everything but the engine's arguments. With these, the processes that an editor \
            starts are held as the first one is. The home is a volume.

            EXAMPLES
              opencode-docker export devcontainer --output .devcontainer.json
              opencode-docker export devcontainer --output .devcontainer/devcontainer.json \
            --seccomp .devcontainer/seccomp.json
            """)

    @OptionGroup var options: ExportOptions
    @OptionGroup var project: ExportedProjectOptions

    func run() throws { try options.export(.devcontainer, project: project.directory) }
}

/// `export compose`.
struct ExportComposeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compose",
        abstract: "Write a Compose file with one service.",
        discussion: """
            Compose 1.29 and 2 read it. The user has the numbers of the variables OPENCODE_UID and OPENCODE_GID, \
            else those of the image. The service waits; `enter` starts a program in it as the user.

            EXAMPLES
              opencode-docker export compose --output compose.yaml
              opencode-docker export compose --output compose.yaml --seccomp seccomp.json
              opencode-docker export compose --profile strict --memory 4g
              docker compose exec opencode /usr/local/libexec/opencode-docker/enter
            """)

    @OptionGroup var options: ExportOptions
    @OptionGroup var project: ExportedProjectOptions

    func run() throws { try options.export(.compose, project: project.directory) }
}

/// `export kubernetes`.
struct ExportKubernetesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubernetes",
        abstract: "Write a Kubernetes pod.",
        discussion: """
            The restricted Pod Security Standard admits the pod: an ordinary user, no capabilities, a read-only root \
            file system. So there is no sudo in it. The workspace ends with the pod, unless --claim names a \
            PersistentVolumeClaim; the home always does. `podman play kube` starts the same document.

            EXAMPLES
              opencode-docker export kubernetes --memory 4g --cpus 2 | kubectl apply -f -
              opencode-docker export kubernetes --image registry.example/team/agent:1.0.0
              opencode-docker export kubernetes --claim work --profile strict
              opencode-docker export kubernetes --output pod.yaml && podman play kube pod.yaml
              kubectl exec -it opencode -- /usr/local/libexec/opencode-docker/enter
            """)

    @OptionGroup var options: ExportOptions

    @Option(
        help: .init(
            """
            The PersistentVolumeClaim of the workspace; for Podman, the volume. [environment: OPENCODE_DOCKER_CLAIM]
            """, valueName: "name"))
    var claim: String?

    func run() throws { try options.export(.kubernetes, claim: claim) }
}
