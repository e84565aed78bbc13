// SPDX-License-Identifier: Apache-2.0

import Engine
import OCI
import SystemPackage

/// A start of a project, before it is an argument list or a `config.json`. Tests compare plans.
package struct LaunchPlan: Hashable, Sendable {
    /// What runs the container.
    package var engine: EngineKind
    /// The image, by the name that people know it by.
    package var image: String
    /// The container's name.
    package var name: String
    /// What runs behind the entrypoint; `nil` is the image's own command.
    package var command: [String]?
    /// Where the project is seen, and where everything starts.
    package var workspace: String
    /// What is mounted, made, copied and written on the host.
    package var host: HostPlan
    /// The variables beside the image's, as `NAME=value`.
    package var environment: [String]
    /// The UID and GID of the container's user.
    package var user: ContainerUser
    /// What the container may do, its network among it.
    package var profile: HardeningProfile
    /// Whether there is a terminal.
    package var terminal: Bool
    /// The container's labels.
    package var labels: [String: String]

    /// A plan, item by item.
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

    /// The container of an image, through what `verify` starts its own with: it shows what holds here.
    ///
    /// A profile without any capability has no root: the container starts as the user. Otherwise the entrypoint starts
    /// as root, gives the user its numbers and becomes the user.
    ///
    /// - Parameter mounts: `nil` is what the plan mounts, by path.
    package func container(
        of execution: ImageConfiguration.Execution, trees: [FilePath], mounts: [BindMount]? = nil
    ) -> ContainerPlan {
        var plan = ContainerPlan.starting(
            execution, trees: trees, name: name, command: command, profile: profile,
            mounts: mounts ?? host.mounts)
        let hasRoot = !profile.capabilities.isEmpty
        let own =
            hasRoot
            ? ["OPENCODE_UID=\(user.userID)", "OPENCODE_GID=\(user.groupID)", "OPENCODE_SUDO=\(profile.sudo ? 1 : 0)"]
            : []
        plan.environment = Self.merge(plan.environment, environment + own)
        if !hasRoot { (plan.userID, plan.groupID) = (user.userID, user.groupID) }
        plan.workingDirectory = workspace
        plan.terminal = terminal
        plan.labels.merge(labels) { $1 }
        return plan
    }

    /// The later value of a name counts, in the place of the first.
    static func merge(_ first: [String], _ second: [String]) -> [String] {
        let name: (String) -> Substring = { $0.prefix { $0 != "=" } }
        let newer = Dictionary(second.map { (name($0), $0) }) { $1 }
        let known = Set(first.map(name))
        var added: Set<Substring> = []
        return first.map { newer[name($0)] ?? $0 }
            + second.filter { !known.contains(name($0)) && added.insert(name($0)).inserted }.map {
                newer[name($0)] ?? $0
            }
    }
}
