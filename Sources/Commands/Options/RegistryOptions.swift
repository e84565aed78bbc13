// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Glibc
import Registry
import SystemPackage

/// The connections to registries, and the credentials.
struct RegistryOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            The credentials file; default: those of Docker and Podman. [environment: OPENCODE_DOCKER_REGISTRY_CONFIG]
            """, valueName: "file"), completion: .file())
    var registryConfig: String?

    @Option(
        help: .init(
            """
            A registry, as host:port, whose certificate is not checked, or that is without TLS; may be repeated. \
            [environment: OPENCODE_DOCKER_INSECURE]
            """, valueName: "registry"))
    var insecure: [String] = []

    /// The settings of the options and the environment.
    func settings(_ environment: CommandEnvironment) -> RegistrySettings {
        let credentials = CredentialSources(
            environment: environment.variables, configuration: registryConfig.map { FilePath($0) },
            userID: getuid())
        var settings = RegistrySettings(transport: environment.transport, credentials: credentials)
        settings.insecure = Set(insecure)
        settings.certificates = CertificateDirectories(environment: environment.variables)
        settings.warnings = RegistryWarnings { StandardError.write("warning: \($0)\n") }
        return settings
    }
}
