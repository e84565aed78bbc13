// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The definition of an image: `image/image.yaml`, parsed.
///
/// It has the contents (packages, user, environment) and the metadata (labels, health checks) of the image. The lock
/// has the versions of the packages; the hardening profile configures the containers.
package struct ImageDefinition: Sendable, Equatable {
    /// The name in image references, such as "opencode-docker".
    package let name: String
    /// The version of the image, `X.Y.Z` (semver.org).
    package internal(set) var version: String
    /// The display name (`org.opencontainers.image.title`).
    package let title: String
    /// A description in one sentence.
    package let description: String
    /// The publisher.
    package let vendor: String
    /// An SPDX license expression for the project's own files.
    package let licenses: String
    /// The URL of the homepage; empty when it is not set.
    package let url: String
    /// The URL of the sources; empty when it is not set.
    package let source: String
    /// The URL of the documentation; empty when it is not set.
    package let documentation: String
    /// The codename of the Debian release, such as "bookworm"; never "stable", whose meaning changes.
    package let codename: String
    /// Debian's names of the architectures, such as "amd64".
    package let architectures: [String]
    /// The packages that are installed on top of the minimal system, by purpose.
    package let packages: [PackageGroup]
    /// Third-party repositories, in the order of the file.
    package let repositories: [RepositoryDefinition]
    /// Patterns of excluded paths, as in dpkg's `path-exclude`.
    package let excludes: [String]
    /// Patterns of paths that are included nevertheless, as in dpkg's `path-include`.
    package let includes: [String]
    /// The container user.
    package let user: UserDefinition
    /// The environment of all processes in the container.
    package let environment: [String: String]
    /// The generated locales; the first one is the default.
    package let locales: [String]
    /// The working directory of processes, where the workspace is mounted.
    package let workdir: String
    /// The command that every container starts (OCI image-spec, config.md "Entrypoint").
    package let entrypoint: [String]
    /// The default arguments, when the caller gives no command.
    package let command: [String]
    /// The signal that stops a container; SIGTERM by default.
    package let stopSignal: String
    /// Labels in addition to those derived from the keys above.
    package let labels: [String: String]
    /// The health check of a container.
    package let healthCheck: HealthCheckDefinition
    /// The health check of a container without the coding agent.
    package let baseHealthCheck: HealthCheckDefinition
    /// The programs that are not Debian packages, in the order of their layers: that of the file, the agent last.
    package internal(set) var programs: [ProgramDefinition]

    /// Reads and parses `file`.
    ///
    /// - Throws: `DefinitionError`, `FileError`.
    package static func load(_ file: FilePath) throws -> ImageDefinition {
        try parse(text(file), of: file)
    }

    /// Parses the text of `file`, and completes errors about local package files with their digests.
    ///
    /// - Throws: `DefinitionError`.
    package static func parse(_ text: String, of file: FilePath) throws -> ImageDefinition {
        do { return try ImageDefinition(parsing: text, file: file.string) } catch let error as DefinitionError {
            guard case .missingDigest(let place, let local, _) = error else { throw error }
            let path = file.removingLastComponent().pushing(FilePath(local))
            throw DefinitionError.missingDigest(place, file: local, actual: try? Digest(ofFile: path))
        }
    }

    /// Reads `file` without parsing it.
    ///
    /// - Throws: `DefinitionError` when it is not UTF-8, `FileError`.
    package static func text(_ file: FilePath) throws -> String {
        try DefinitionNode.text(of: Files.read(file, limit: 1 << 18), file: file.string)
    }
}

/// The user in the image.
package struct UserDefinition: Sendable, Hashable {
    /// The login name.
    package let name: String
    /// The UID, before a container replaces it by the caller's.
    package let uid: UInt32
    /// The GID, likewise; the group has the name of the user.
    package let gid: UInt32
    /// The home directory.
    package let home: String
    /// The login shell.
    package let shell: String
}

/// A health check command and its timing.
package struct HealthCheckDefinition: Sendable, Hashable {
    /// The program and its arguments; exit status 0 means healthy.
    package let command: [String]
    /// Seconds from the end of one check to the next.
    package let interval: Int
    /// Seconds after which a check counts as failed.
    package let timeout: Int
    /// Seconds after the start of the container in which failures do not count.
    package let startPeriod: Int
    /// The number of consecutive failures that make a container unhealthy.
    package let retries: Int
}
