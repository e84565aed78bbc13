// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import ImageDefinition
import OCI

/// The image's configuration (OCI image-spec, config.md) from the definition and the lock.
struct ConfigurationWriter {
    let request: ContextRequest

    private var definition: ImageDefinition { request.definition }

    /// - Throws: `ContextError.missingArchitecture`, `FileError`.
    func configuration() throws -> ImageConfiguration {
        ImageConfiguration(
            created: request.lock.snapshot, platform: request.platform, config: try execution())
    }

    private func execution() throws -> ImageConfiguration.Execution {
        // In front of the entrypoint and not in it: the entrypoint switches to the user, and images without such
        // packages stay unchanged.
        let firstStart = try request.firstStart().isNeeded ? [FirstStart.program] : []
        return .init(
            user: "", env: environment(), entrypoint: firstStart + definition.entrypoint, cmd: definition.command,
            workingDir: definition.workdir, labels: try labels(), stopSignal: definition.stopSignal,
            healthcheck: healthCheck())
    }

    private func environment() -> [String] {
        definition.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    /// OCI image-spec, annotations.md "Pre-Defined Annotation Keys". Without the git revision: it would change the
    /// digest with every commit and belongs in the provenance.
    private func labels() throws -> [String: String] {
        let standard = [
            "title": definition.title, "description": definition.description, "version": request.version,
            "created": request.lock.snapshot, "source": definition.source, "url": definition.url,
            "documentation": definition.documentation, "licenses": definition.licenses, "vendor": definition.vendor,
        ]
        var labels = definition.labels
        for (key, value) in standard where !value.isEmpty { labels["org.opencontainers.image.\(key)"] = value }
        labels["devcontainer.metadata"] = request.devcontainerMetadata
        labels[DefinitionContents.label] = try DefinitionContents.inputs(
            of: request.imageDirectory, lock: Digest(of: request.lock.serialized()), platform: request.platform,
            includesPrograms: request.includesPrograms)
        return labels
    }

    /// Not part of the OCI specification, but Docker and Podman read it from the configuration.
    private func healthCheck() -> HealthCheck {
        let check = request.includesPrograms ? definition.healthCheck : definition.baseHealthCheck
        func nanoseconds(_ seconds: Int) -> Int64 { Int64(seconds) * 1_000_000_000 }
        return HealthCheck(
            test: ["CMD"] + check.command, interval: nanoseconds(check.interval), timeout: nanoseconds(check.timeout),
            startPeriod: nanoseconds(check.startPeriod), retries: check.retries)
    }
}
