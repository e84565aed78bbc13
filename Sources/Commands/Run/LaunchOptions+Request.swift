// SPDX-License-Identifier: Apache-2.0

import Engine
import Glibc
import Launching
import OCI
import Run
import SystemPackage

extension LaunchOptions {
    /// The requested start.
    ///
    /// - Throws: `CommandError.missingDefinition`, `RunError.unusable`, `OCIError.unknownPlatform`.
    func request(_ command: [String]?, _ environment: CommandEnvironment) throws -> LaunchRequest {
        let directory = try environment.definitionDirectory(start.imageDirectory)
        let profile = hold.profile ?? environment.variable("OPENCODE_DOCKER_PROFILE") ?? "standard"
        var request = LaunchRequest(
            hardening: HardeningRequest(directory: directory, profile: profile, changes: try hold.changes()),
            program: ProgramVersion.semantic)
        request.workspace = workspace.request
        if let rules = try network.rules(hold.network) {
            request.network = NetworkRequest(rules: rules, forwarders: try environment.forwarders())
        }
        request.credentials = credentials.request
        request.image = try start.image()
        if start.userImage == nil {
            request.image.stock = environment.stockDefinition
            request.image.lock = try environment.lockDigests(beside: start.imageDirectory)
        }
        request.command = command
        request.tellsAgent = !start.noAgentNotes
        request.hasTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
        return request
    }
}

extension WorkspaceOptions {
    /// The requested directories.
    var request: WorkspaceRequest {
        var request = WorkspaceRequest()
        request.project = AddedDirectory(project ?? ".")
        request.isProjectChosen = project != nil
        request.added = added.map { AddedDirectory($0) }
        request.samePath = samePath
        request.allowsGitConfiguration = allowGitConfiguration
        request.repositories = repositories.map { FilePath($0) }
        return request
    }
}

extension CredentialOptions {
    /// The requested credentials.
    var request: CredentialRequest {
        var request = CredentialRequest()
        request.isEmpty = none
        request.sshKey = ssh.map { choice in
            switch choice {
            case .key: .dedicated
            case .agent: .personal(sshKey)
            case .none: .withheld
            }
        }
        request.providers = provider
        request.variables = variables
        return request
    }
}

extension StartOptions {
    /// The requested image.
    ///
    /// - Throws: `OCIError.unknownPlatform`.
    func image() throws -> ImageRequest {
        var request = ImageRequest()
        request.isBase = base
        request.platform = try platform.map { try Platform($0) } ?? .machine
        request.custom = userImage
        return request
    }
}
