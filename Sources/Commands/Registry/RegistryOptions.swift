// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Glibc
import Registry
import SystemPackage

/// How registries are talked to, and as whom.
struct RegistryOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            The file with the credentials, instead of Docker's and Podman's. [environment: \
            OPENCODE_DOCKER_REGISTRY_CONFIG]
            """, valueName: "file"))
    var registryConfig: String?

    @Option(
        help: .init(
            """
            A registry, as host:port, to talk to without encryption; may be repeated. [environment: \
            OPENCODE_DOCKER_INSECURE]
            """, valueName: "registry"))
    var insecure: [String] = []

    /// The options together with what the environment says.
    func settings(_ environment: CommandEnvironment) -> RegistrySettings {
        let credentials = CredentialSources(
            environment: environment.variables, configuration: registryConfig.map { FilePath($0) },
            userID: getuid())
        var settings = RegistrySettings(transport: environment.transport, credentials: credentials)
        settings.insecure = Set(insecure)
        settings.warnings = RegistryWarnings { StandardError.write("warning: \($0)\n") }
        return settings
    }
}

extension RegistrySettings {
    /// The same, with what registries warn of among the progress.
    func telling(_ progress: @escaping ProgressSink) -> RegistrySettings {
        var settings = self
        settings.warnings = RegistryWarnings { progress(.warning($0)) }
        return settings
    }
}
