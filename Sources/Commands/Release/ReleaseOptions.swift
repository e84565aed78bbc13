// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import ImageBuilding
import OCI
import Release
import Releasing
import Signing
import SystemPackage

/// The destination and the author of a release.
struct ReleaseOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            The image's repository: registry.example/team/image; default: the first one of the trust file. \
            [environment: OPENCODE_DOCKER_REPOSITORY]
            """, valueName: "name"))
    var repository: String?

    @Option(
        help: .init(
            """
            Write to oci:DIR, an image layout, instead of the registry. [environment: OPENCODE_DOCKER_DESTINATION]
            """, valueName: "oci:dir"))
    var destination: String?

    @Option(
        help: .init(
            """
            The private signing key: a PEM file (PKCS#8 or SEC 1), P-256, or env:NAME for an environment variable with \
            one. [environment: OPENCODE_DOCKER_KEY]
            """, valueName: "file"), completion: .file())
    var key: String?

    @Option(
        name: .customLong("passphrase-file"),
        help: .init(
            """
            A file whose first line is the key's passphrase; default: OPENCODE_DOCKER_SIGNING_PASSPHRASE. \
            [environment: OPENCODE_DOCKER_PASSPHRASE_FILE]
            """, valueName: "file"), completion: .file())
    var passphraseFile: String?

    @Option(
        help: .init(
            """
            The trust file that is published with the project, with the keys that users trust. [environment: \
            OPENCODE_DOCKER_TRUST]
            """, valueName: "file"), completion: .file())
    var trust = "trust.json"

    @Option(
        help: .init(
            "The git remote, if any. [environment: OPENCODE_DOCKER_REMOTE]", valueName: "name"))
    var remote = "origin"

    @Option(
        help: .init(
            "The author of the commit; default: git's user. [environment: OPENCODE_DOCKER_AUTHOR]",
            valueName: "name <mail>"))
    var author: String?

    @Option(
        help: .init(
            """
            The platforms to release, separated by commas; default: this machine's. [environment: \
            OPENCODE_DOCKER_PLATFORM]
            """, valueName: "platforms"))
    var platform: String?

    @Flag(
        help: """
            Release the image without the agent, under tags that end in -base. [environment: OPENCODE_DOCKER_BASE=1]
            """)
    var base = false

    @OptionGroup var programFiles: ProgramFileOptions

    @Flag(
        help: """
            Do not install a package from the network inside the container during verification. [environment: \
            OPENCODE_DOCKER_OFFLINE=1]
            """)
    var offline = false
}

extension ReleaseOptions {
    /// The context of the options and the environment.
    ///
    /// - Throws: `ReleaseError`, `CommandError.unknownOutput`, `TrustError`, `RegistryError`, `FileError`.
    func context(
        _ layers: CompressionOptions, _ host: BuildHost, _ registries: RegistryOptions,
        _ environment: CommandEnvironment
    ) async throws -> ReleaseContext {
        var settings = ReleaseSettings(toolVersion: ProgramVersion.current)
        settings.repository = repository
        settings.layout = try layout()
        settings.trust = trust
        settings.remote = remote
        settings.author = try author.map(Self.author)
        settings.platforms = try platforms()
        settings.isBase = base
        settings.artifacts = programFiles.artifact
        settings.installs = !offline
        settings.compression = layers.compression ?? .both
        settings.builder = environment.variable("GITHUB_ACTIONS") == nil ? "local" : "github-actions"
        return try await ReleaseContext(
            settings, host: host, git: SigningKeyPlace.withoutSecrets(environment.variables, key: key),
            registry: registries.settings(environment), probes: environment.probes(), now: environment.now)
    }

    /// The platforms without duplicates.
    ///
    /// - Throws: `OCIError` for an invalid platform.
    private func platforms() throws -> [Platform] {
        guard let platform else { return [.machine] }
        let named = platform.split(separator: ",", omittingEmptySubsequences: false)
        return Set(try named.map { try Platform($0) }).sorted { $0.description < $1.description }
    }

    /// The image layout in place of the registry; `nil` for the registry.
    ///
    /// - Throws: `CommandError.unknownOutput`, `OutputError.link`, `FileError`.
    private func layout() throws -> FilePath? {
        guard let destination else { return nil }
        let output = try OutputDestination(destination)
        guard case .layout(let directory) = output else { throw CommandError.unknownOutput(destination) }
        try output.checkPath()
        return directory
    }

    /// The private key.
    ///
    /// - Throws: `ReleaseError.noKey`, `SigningError`, `FileError`.
    func signingKey(_ environment: CommandEnvironment) throws -> SigningKey {
        guard let key else { throw ReleaseError.noKey }
        return try SigningKeyPlace(key).key(passphraseFile: passphraseFile, environment)
    }

    /// Parses the author of the commit, `NAME <MAIL>`.
    ///
    /// - Throws: `ReleaseError.author`.
    private static func author(_ author: String) throws -> (name: String, mail: String) {
        let parts = author.split(separator: "<", maxSplits: 1).map { String($0.trimming(" ")) }
        guard parts.count == 2, parts[1].hasSuffix(">"), !parts[0].isEmpty, parts[1].count > 1 else {
            throw ReleaseError.author(author)
        }
        return (parts[0], String(parts[1].dropLast()))
    }
}

extension Substring {
    /// Removes `character` at both ends.
    fileprivate func trimming(_ character: Character) -> Substring {
        var rest = drop { $0 == character }
        while rest.last == character { rest = rest.dropLast() }
        return rest
    }
}
