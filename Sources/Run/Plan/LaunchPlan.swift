// SPDX-License-Identifier: Apache-2.0

import Egress
import Engine
import OCI
import SystemPackage

/// The complete description of a start, before it is rendered as an argument list or a `config.json`. Tests compare
/// plans.
package struct LaunchPlan: Hashable, Sendable {
    /// The engine.
    package var engine: EngineKind
    /// The name of the image.
    package var image: String
    /// The container's name.
    package var name: String
    /// The command behind the entrypoint; `nil` for the image's own command.
    package var command: [String]?
    /// The mount point of the project, also the working directory.
    package var workspace: String
    /// The directory within the project that the container starts in; empty for the project itself.
    package var subdirectory: FilePath = ""
    /// The mounts, directories, copies and files on the host.
    package var host: HostPlan
    /// The environment variables beside the image's, as `NAME=value`.
    package var environment: [String]
    /// The variables of the user's process alone, as `NAME=value`.
    package var userEnvironment: [String] = []
    /// The UID and GID of the container's user.
    package var user: ContainerUser
    /// The hardening profile, including the network namespace.
    package var profile: HardeningProfile
    /// The way to the allowed hosts of a container without a route; `nil` for no network and for an open one.
    package var access: NetworkAccess?
    /// Whether the container has a terminal.
    package var terminal: Bool
    /// The container's labels.
    package var labels: [String: String]

    /// Creates a plan.
    package init(
        engine: EngineKind, image: String, name: String, command: [String]?, workspace: String, host: HostPlan,
        environment: [String], user: ContainerUser, profile: HardeningProfile, terminal: Bool, labels: [String: String]
    ) {
        self.engine = engine
        self.image = image
        self.name = name
        self.command = command
        self.workspace = workspace
        self.host = host
        self.environment = environment
        self.user = user
        self.profile = profile
        self.terminal = terminal
        self.labels = labels
    }

    /// The network access.
    package var network: NetworkPolicy {
        if let access { return .allow(access.rules) }
        return profile.network == .none ? .none : .full
    }

    /// The path in the container that it starts in.
    package var workingDirectory: String { FilePath(workspace).pushing(subdirectory).string }

    /// The plan of the container, made by the same function that `verify` uses, so that its results apply here.
    ///
    /// With a profile without capabilities there is no root, and the container starts as the user. Otherwise the
    /// entrypoint starts as root, assigns the UID and GID, and changes to the user.
    ///
    /// - Parameters:
    ///   - mounts: `nil` for the plan's mounts, by path.
    ///   - isPrinted: Whether the plan is printed, and not started: then the variables of the user's process, which are
    ///     otherwise in a file, are variables of the container.
    package func container(
        of execution: ImageConfiguration.Execution, trees: [FilePath], mounts: [BindMount]? = nil,
        isPrinted: Bool = false
    ) -> ContainerPlan {
        var plan = ContainerPlan.starting(
            execution, trees: trees, name: name, command: command, profile: profile,
            mounts: mounts ?? host.mounts
        ).forwarded(by: access, after: execution.entrypoint.count)
        let hasRoot = !profile.capabilities.isEmpty
        let own =
            hasRoot
            ? ["OPENCODE_UID=\(user.userID)", "OPENCODE_GID=\(user.groupID)", "OPENCODE_SUDO=\(profile.sudo ? 1 : 0)"]
            : []
        let users = isPrinted ? userEnvironment : []
        plan.environment = Self.merge(plan.environment, environment + users + own)
        if !hasRoot { (plan.userID, plan.groupID) = (user.userID, user.groupID) }
        plan.workingDirectory = workingDirectory
        plan.terminal = terminal
        plan.labels.merge(labels) { $1 }
        return plan
    }

    /// Merges variables; the later value of a name counts, at the position of the first.
    static func merge(_ first: [String], _ second: [String]) -> [String] {
        let name: (String) -> String = { VariableAssignment($0).name }
        let newer = Dictionary(second.map { (name($0), $0) }) { $1 }
        let known = Set(first.map(name))
        var added: Set<String> = []
        return first.map { newer[name($0)] ?? $0 }
            + second.filter { !known.contains(name($0)) && added.insert(name($0)).inserted }.map {
                newer[name($0)] ?? $0
            }
    }
}
