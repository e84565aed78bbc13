// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import OCI
import Release
import Signing
import SystemPackage

/// Where a release goes, and who makes it.
struct ReleaseOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            What the image is called, without a tag: registry.example/team/image. Without it, the first repository of \
            the trust file. [environment: OPENCODE_DOCKER_REPOSITORY]
            """, valueName: "name"))
    var repository: String?

    @Option(
        help: .init(
            """
            Write it to oci:DIR, an image layout that stands in for the registry, instead of to the registry itself. \
            [environment: OPENCODE_DOCKER_DESTINATION]
            """, valueName: "oci:dir"))
    var destination: String?

    @Option(
        help: .init(
            """
            The private key that signs: a PEM file (PKCS#8 or SEC 1), P-256, or env:NAME for a variable that holds \
            one. [environment: OPENCODE_DOCKER_KEY]
            """, valueName: "file"))
    var key: String?

    @Option(
        name: .customLong("passphrase-file"),
        help: .init(
            """
            A file whose first line is the key's passphrase; else OPENCODE_DOCKER_SIGNING_PASSPHRASE is it. \
            [environment: OPENCODE_DOCKER_PASSPHRASE_FILE]
            """, valueName: "file"))
    var passphraseFile: String?

    @Option(
        help: .init(
            """
            The trust file that is published with the project: whose signatures users believe. \
            [environment: OPENCODE_DOCKER_TRUST]
            """, valueName: "file"))
    var trust = "trust.json"

    @Option(
        help: .init(
            "The git remote, where there is one. [environment: OPENCODE_DOCKER_REMOTE]", valueName: "name"))
    var remote = "origin"

    @Option(
        help: .init(
            "Who commits; without it, who git says you are. [environment: OPENCODE_DOCKER_AUTHOR]",
            valueName: "name <mail>"))
    var author: String?

    @Option(
        help: .init(
            """
            The machines to release for, separated by commas; without it, this machine's kind. \
            [environment: OPENCODE_DOCKER_PLATFORM]
            """, valueName: "platforms"))
    var platform: String?

    @Flag(
        help: """
            Release Debian alone, without the agent, under tags that end in -base. [environment: OPENCODE_DOCKER_BASE=1]
            """)
    var base = false

    @Option(
        help: .init(
            "Take a local file for an artifact instead of its download. [environment: OPENCODE_DOCKER_ARTIFACT]",
            valueName: "name=file"))
    var artifact: String?

    @Flag(
        help: """
            While verifying, do not try to install a package from the network inside the container. \
            [environment: OPENCODE_DOCKER_OFFLINE=1]
            """)
    var offline = false
}

extension ReleaseOptions {
    /// What is in the image.
    var kind: ImageKind { base ? .base : .full }

    /// The platforms, each once.
    ///
    /// - Throws: `OCIError` for what is none.
    func platforms() throws -> [Platform] {
        guard let platform else { return [.machine] }
        let named = platform.split(separator: ",", omittingEmptySubsequences: false)
        return Set(try named.map { try Platform($0) }).sorted { $0.description < $1.description }
    }

    /// The directory that stands in for the registry; `nil` for the registry.
    ///
    /// - Throws: `CommandError.unknownOutput`.
    func layout() throws -> FilePath? {
        guard let destination else { return nil }
        guard case .layout(let directory) = try OutputDestination(destination) else {
            throw CommandError.unknownOutput(destination)
        }
        return directory
    }

    /// The private key.
    ///
    /// - Throws: `ReleaseError.noKey`, `SigningError`, `FileError`.
    func signingKey(_ environment: CommandEnvironment) throws -> SigningKey {
        guard let key else { throw ReleaseError.noKey }
        return try SigningKeyPlace(key).key(passphraseFile: passphraseFile, environment)
    }

    /// Who commits.
    ///
    /// - Throws: `ReleaseError.author`, `.nobody`.
    func author(_ git: GitRepository) async throws -> (name: String, mail: String) {
        guard let author else { return try await git.identity() }
        let parts = author.split(separator: "<", maxSplits: 1).map { String($0.trimming(" ")) }
        guard parts.count == 2, parts[1].hasSuffix(">"), !parts[0].isEmpty, parts[1].count > 1 else {
            throw ReleaseError.author(author)
        }
        return (parts[0], String(parts[1].dropLast()))
    }
}

extension Substring {
    /// Without `character` at both ends.
    fileprivate func trimming(_ character: Character) -> Substring {
        var rest = drop { $0 == character }
        while rest.last == character { rest = rest.dropLast() }
        return rest
    }
}
