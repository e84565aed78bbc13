// SPDX-License-Identifier: Apache-2.0

import Core
import Egress
import Engine
import Glibc
import OCI
import Run
import SystemPackage

/// A requested start.
package struct LaunchRequest: Sendable {
    /// The project and the other directories.
    package var workspace = WorkspaceRequest()
    /// The isolation.
    package var hardening: HardeningRequest
    /// The allowed hosts of a container without a route; `nil` for the profile's network.
    package var network: NetworkRequest?
    /// The credentials.
    package var credentials = CredentialRequest()
    /// The image.
    package var image = ImageRequest()
    /// The command; `nil` for the coding agent. Words that begin with a dash are options of the agent.
    package var command: [String]?
    /// Whether the coding agent is told about its container.
    package var tellsAgent = true
    /// Whether the container gets the caller's terminal.
    package var hasTerminal = false
    /// The version of this program, which knows the supported versions of its image.
    package var program: SemanticVersion

    /// The options of the coding agent, when it is the command.
    var agentOptions: [String]? {
        guard let command else { return [] }
        return command.first?.hasPrefix("-") == true ? command : nil
    }

    /// A request with the given isolation, and nothing else.
    package init(hardening: HardeningRequest, program: SemanticVersion) {
        (self.hardening, self.program) = (hardening, program)
    }
}

/// The requested directories.
package struct WorkspaceRequest: Sendable {
    /// The project.
    package var project = AddedDirectory(path: ".")
    /// Whether the caller chose the project, and not the current directory by default.
    package var isProjectChosen = false
    /// The directory within the project that the container starts in; empty for the project itself.
    package var subdirectory: FilePath = ""
    /// The additional directories.
    package var added: [AddedDirectory] = []
    /// Whether every directory is mounted at its path on the host.
    package var samePath = false
    /// Whether the container may change git hooks and git configuration.
    package var allowsGitConfiguration = false
    /// Repositories outside of the project that are mounted without confirmation.
    package var repositories: [FilePath] = []

    /// The current directory.
    package init() {}

    /// The permitted repositories: each one's directory, or the work tree that it is in.
    var namedRepositories: [FileIdentity] {
        repositories.flatMap { [$0, $0.appending(".git")] }.compactMap { RealPath.identity($0) }
    }
}

/// The requested isolation.
package struct HardeningRequest: Sendable {
    /// The directory with `hardening.yaml` and `image.yaml`, never one in the project.
    package let directory: FilePath
    /// The profile's name.
    package let profile: String
    /// The changes to the profile.
    package let changes: ProfileChanges

    /// Creates a request.
    package init(directory: FilePath, profile: String, changes: ProfileChanges) {
        (self.directory, self.profile, self.changes) = (directory, profile, changes)
    }
}

/// The requested hosts.
package struct NetworkRequest: Sendable {
    /// The rules.
    package let rules: [NetworkRule]
    /// The possible paths of the forwarder's program.
    package let forwarders: [FilePath]

    /// Creates a request.
    package init(rules: [NetworkRule], forwarders: [FilePath]) { (self.rules, self.forwarders) = (rules, forwarders) }

    /// The access to the hosts.
    ///
    /// - Throws: `LaunchError.noForwarder`, `.networkOfSELinux`.
    func access() throws(LaunchError) -> NetworkAccess {
        // A container's domain may not connect to a socket of another one.
        guard (try? Files.read("/sys/fs/selinux/enforce", limit: 8))?.first != UInt8(ascii: "1") else {
            throw .networkOfSELinux
        }
        guard let found = forwarders.first(where: Self.isProgram), let forwarder = RealPath.of(found) else {
            throw .noForwarder(forwarders.map(\.string))
        }
        return NetworkAccess(rules: rules, forwarder: forwarder)
    }

    /// Whether a file is an executable ELF file: a shell would take a truncated one for an empty script.
    private static func isProgram(_ file: FilePath) -> Bool {
        guard let status = try? Files.status(of: file), status.st_mode & S_IFMT == S_IFREG,
            Glibc.access(file.string, X_OK) == 0,
            let opened = try? FileDescriptor.open(file, .readOnly, options: .closeOnExec)
        else { return false }
        defer { try? opened.close() }
        var magic: [UInt8] = [0, 0, 0, 0]
        let count = try? magic.withUnsafeMutableBytes { try opened.read(into: $0) }
        return count == 4 && magic.elementsEqual("\u{7F}ELF".utf8)
    }
}

/// The requested credentials.
package struct CredentialRequest: Sendable {
    /// The source of the ssh key.
    package enum SSHKey: Sendable {
        /// The key for coding agents.
        case dedicated
        /// A key of the caller's ssh-agent, by comment or fingerprint.
        case personal(String?)
        /// No key.
        case withheld
    }

    /// Whether neither tokens nor a key are provided.
    package var isEmpty = false
    /// The ssh key; `nil` for the key for coding agents if it exists.
    package var sshKey: SSHKey?
    /// The providers whose credentials are provided to the coding agent.
    package var providers: [String] = []
    /// Additional variables: `NAME`, or `NAME=VALUE`.
    package var variables: [String] = []

    /// The default credentials.
    package init() {}
}

/// The requested image.
package struct ImageRequest: Sendable {
    /// Whether it is the image without the coding agent.
    package var isBase = false
    /// The platform.
    package var platform = Platform.machine
    /// A custom image, as the caller named it.
    package var custom: String?
    /// The directory of the program's own definition; `nil` without one.
    package var stock: FilePath?
    /// The lock; `nil` without one.
    package var lock: LockDigests?

    /// The image of this program's version, for this machine.
    package init() {}
}
