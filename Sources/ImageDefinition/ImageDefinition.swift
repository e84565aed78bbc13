// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// What the image is: `image/image.yaml`, parsed.
///
/// What is inside it (packages, user, environment) and what is said about it (labels, health checks). Which versions of
/// the packages those are is the lock's business; how a container of it is held is the hardening profile's.
package struct ImageDefinition: Sendable, Equatable {
    /// The name in image references, such as "opencode-docker".
    package let name: String
    /// The version of the image, `X.Y.Z` (semver.org).
    package internal(set) var version: String
    /// A name for people (`org.opencontainers.image.title`).
    package let title: String
    /// One sentence for people.
    package let description: String
    /// Who makes it.
    package let vendor: String
    /// An SPDX licence expression for what this project adds.
    package let licenses: String
    /// Where to read more; empty when the file does not say.
    package let url: String
    /// Where the sources are; empty when the file does not say.
    package let source: String
    /// Where the documentation is; empty when the file does not say.
    package let documentation: String
    /// Debian's name of the release, such as "bookworm"; never "stable", which wanders.
    package let codename: String
    /// Debian's names of the architectures, such as "amd64".
    package let architectures: [String]
    /// What is installed on top of the minimal system, by purpose.
    package let packages: [PackageGroup]
    /// Other publishers' repositories, in the order of the file.
    package let repositories: [RepositoryDefinition]
    /// Globs of paths that are left out, as dpkg's `path-exclude` reads them.
    package let excludes: [String]
    /// Globs of paths that stay all the same, as dpkg's `path-include` reads them.
    package let includes: [String]
    /// The user inside.
    package let user: UserDefinition
    /// The environment of every process inside.
    package let environment: [String: String]
    /// Locales that are generated; the first one is the default.
    package let locales: [String]
    /// Where processes start, and where the workspace is mounted.
    package let workdir: String
    /// What every container starts (OCI image-spec, config.md "Entrypoint").
    package let entrypoint: [String]
    /// What it is given when the caller names no command.
    package let command: [String]
    /// The signal that asks a container to end; SIGTERM unless the file says otherwise.
    package let stopSignal: String
    /// Labels beside those that follow from the keys above.
    package let labels: [String: String]
    /// How an engine finds out that a container is well.
    package let healthCheck: HealthCheckDefinition
    /// The same for the image without the agent.
    package let baseHealthCheck: HealthCheckDefinition
    /// The program that the image is for.
    package internal(set) var agent: AgentDefinition

    /// Reads and parses `file`.
    ///
    /// - Throws: `DefinitionError`, `FileError`.
    package static func load(_ file: FilePath) throws -> ImageDefinition {
        try parse(text(file), of: file)
    }

    /// Parses the text of `file`, and says what is missing of the files beside it.
    ///
    /// - Throws: `DefinitionError`.
    package static func parse(_ text: String, of file: FilePath) throws -> ImageDefinition {
        do { return try ImageDefinition(parsing: text, file: file.string) } catch let error as DefinitionError {
            guard case .missingDigest(let place, let local, _) = error else { throw error }
            let path = file.removingLastComponent().pushing(FilePath(local))
            throw DefinitionError.missingDigest(place, file: local, actual: try? Digest(ofFile: path))
        }
    }

    /// Reads `file` without understanding it.
    ///
    /// - Throws: `DefinitionError` when it is no text, `FileError`.
    package static func text(_ file: FilePath) throws -> String {
        try Files.mustBeRegular(file)
        let bytes = try Files.read(file, limit: 1 << 18)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DefinitionError.notYAML(
                DefinitionPlace(file: file.string, line: 1, column: 1), problem: "it is not UTF-8 text")
        }
        return text
    }
}

/// The user inside the image.
package struct UserDefinition: Sendable, Hashable {
    /// The login name.
    package let name: String
    /// The user id, before a container takes the caller's.
    package let uid: UInt32
    /// The group id, likewise; the group is called as the user is.
    package let gid: UInt32
    /// The home directory.
    package let home: String
    /// The login shell.
    package let shell: String
}

/// A command that says whether a container is well, and when it is run.
package struct HealthCheckDefinition: Sendable, Hashable {
    /// The program and its arguments; status 0 is well.
    package let command: [String]
    /// Seconds from the end of one check to the next.
    package let interval: Int
    /// Seconds after which a check counts as failed.
    package let timeout: Int
    /// Seconds after the start in which failures do not count.
    package let startPeriod: Int
    /// Failures in a row that make a container unwell.
    package let retries: Int
}

/// The agent: one static program, taken from an archive.
package struct AgentDefinition: Sendable, Hashable {
    /// Its name, which is also the name of the file in its archive.
    package let name: String
    /// Its version.
    package let version: String
    /// Its archives by OCI platform, such as "linux/amd64".
    package let artifacts: [String: AgentSource]
    /// Where it is in the image.
    package let path: String
    /// Its permission bits there.
    package let mode: UInt16
}

/// An archive with the agent for one platform.
package struct AgentSource: Sendable, Hashable {
    /// The address, with `{version}` where the version stands.
    package let template: String
    /// The address.
    package let url: String
    /// The digest of the archive.
    package let sha256: Digest

    /// The address of another version.
    package func url(version: String) -> String { template.replacing("{version}", with: version) }
}
