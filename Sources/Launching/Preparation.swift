// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import ImageDefinition
import Run
import SystemPackage

/// Everything that is decided before a start, without side effects: the plan, and the open handles of its directories.
package struct Preparation: Sendable {
    let agent = CodingAgent.openCode
    let caller: Caller
    let request: LaunchRequest
    /// The limit of open files before the handles were opened.
    let openFiles: OpenFileLimit
    let workspace: GuardedWorkspace
    let credentials: Credentials
    let definition: ImageDefinition
    let image: LocalImage
    let plan: LaunchPlan
    let weakenings: [String]
    /// What the caller has set up and the container does not do, one sentence each.
    let losses: [String]
    /// The caller's variables for the coding agent.
    let variables: AgentVariables

    init(_ request: LaunchRequest, engine: EngineKind, image: LocalImage, caller: Caller) throws {
        openFiles = OpenFileLimit()
        self.caller = caller
        let profile = try HardeningDefinition.load(request.hardening.directory, probes: .any)
            .profile(request.hardening.profile)
        workspace = try GuardedWorkspace(request.workspace, engine: engine, caller: caller)
        variables = AgentVariables(agent, request.credentials, caller: caller, outside: workspace.writtenTrees)
        var request = request
        // A variable that the caller provides by name comes later, and counts.
        request.credentials.variables = variables.passed + request.credentials.variables
        self.request = request
        credentials = try Credentials(request.credentials, caller: caller, outside: workspace.writtenTrees)
        definition = try ImageDefinition.load(request.hardening.directory.appending("image.yaml"))
        self.image = image
        weakenings =
            request.weakenings(of: profile)
            + (!image.isPublished ? Self.warnings(definition.version, program: request.program) : [])
        let planner = LaunchPlanner(
            agent: agent, request: request, engine: engine, caller: caller, workspace: workspace,
            credentials: credentials,
            definition: definition, image: image, profile: profile)
        plan = try planner.plan()
        losses = planner.losses
    }

    private static func warnings(_ version: String, program: SemanticVersion) -> [String] {
        SupportedVersions.warning(version, program: program).map { [$0] } ?? []
    }

    var state: StateDirectory { workspace.state }

    var guarding: GitGuard { workspace.guarding }

    var project: Project { workspace.directories.project }

    /// The directories whose guard the container needs, and the project.
    var identities: Set<FileIdentity> { guarding.identities.union([project.directory.identity]) }

    /// The emulation of the image's programs, if they have another architecture.
    ///
    /// - Throws: `EngineError`.
    func emulation() throws -> Emulation? {
        guard let platform = image.platform else { return nil }
        return try Emulation.find(for: platform, scratch: image.store.root.appending("run"))
    }
}

extension LaunchRequest {
    /// The requested settings that weaken the isolation of `profile`, one sentence each.
    func weakenings(of profile: HardeningProfile) -> [String] {
        let git = "the container can change git hooks and git configuration (--allow-git-config)"
        let custom = image.custom.map { "the image '\($0)' is custom and not verified (--user-image)" }
        let list = "the network reaches the hosts of --allow (--network allow)"
        let network = self.network != nil && profile.network == .none ? [list] : []
        return hardening.changes.weakenings(of: profile) + network + (workspace.allowsGitConfiguration ? [git] : [])
            + [custom].compactMap(\.self)
    }
}

extension AgentVariables {
    /// The variables of `caller`, with the references of the configurations that no container can have written.
    ///
    /// - Parameter trees: The directories that containers write or have written.
    fileprivate init(_ agent: CodingAgent, _ request: CredentialRequest, caller: Caller, outside trees: WrittenTrees) {
        let texts = caller.configurationFiles(of: agent).compactMap { file -> [UInt8]? in
            guard case .host(let real) = CallerPath(file, trees: trees) else { return nil }
            return try? Files.read(real, limit: 1 << 20)
        }
        let content = caller.variable(agent.contentVariable).map { Array($0.utf8) }
        self.init(
            of: agent, environment: caller.variables,
            chosen: Set(request.variables.map { VariableAssignment($0).name }),
            configurations: texts + [content].compactMap(\.self))
    }
}

extension Credentials {
    /// The requested credentials of `caller`.
    ///
    /// - Parameter trees: The directories in which a container can have created a key.
    /// - Throws: `RunError`.
    init(_ request: CredentialRequest, caller: Caller, outside trees: WrittenTrees) throws {
        guard !request.isEmpty else {
            self.init()
            return
        }
        let key = caller.dedicatedKey
        let isThere = try caller.file(key, outside: trees).map(Files.exists) ?? false
        let isWanted =
            switch request.sshKey {
            case .dedicated: true
            case .personal, .withheld: false
            case nil: isThere
            }
        self = .found(environment: caller.variables, dedicatedKey: isWanted ? key : nil)
        guard case .personal(let choice) = request.sshKey else { return }
        ssh = .personal(try UserAgent(socket: caller.variable("SSH_AUTH_SOCK"), choice: choice))
    }
}
