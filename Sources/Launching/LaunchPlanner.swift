// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Engine
import Glibc
import ImageDefinition
import Run
import SystemPackage

/// Makes the plan of a start from the request and from everything that was read for it.
struct LaunchPlanner {
    let request: LaunchRequest
    let engine: EngineKind
    let caller: Caller
    let workspace: GuardedWorkspace
    let credentials: Credentials
    let definition: ImageDefinition
    let image: LocalImage
    /// The profile before the changes of the request.
    let profile: HardeningProfile

    /// The plan.
    ///
    /// - Throws: `RunError.unusable` for a variable of the caller's that is not set.
    func plan() throws -> LaunchPlan {
        let project = workspace.directories.project
        var plan = LaunchPlan(
            engine: engine, image: request.image.custom ?? image.tag,
            name: project.containerName(launcher: getpid()), command: command,
            workspace: workspace.directories.target, host: host, environment: try environment(),
            user: user(of: project.directory), profile: request.hardening.changes.applied(to: profile),
            terminal: request.hasTerminal, labels: Self.labels(project))
        plan.host.copies = configurationCopies
        plan.host.files = files(for: plan)
        return plan
    }

    private var command: [String]? { request.command ?? (image.isBase ? nil : [definition.agent.path]) }

    private var host: HostPlan {
        HostPlan(
            trees: workspace.guarding.trees.map(\.source),
            homes: workspace.state.mounts(home: definition.user.home))
    }

    private static func labels(_ project: Project) -> [String: String] {
        ["opencode-docker.project": project.id, "opencode-docker.directory": project.directory.text]
    }

    private func user(of directory: MountableDirectory) -> ContainerUser {
        ContainerUser(
            caller: (getuid(), getgid()), owner: (directory.ownerID, directory.groupID),
            image: (definition.user.uid, definition.user.gid))
    }

    private func environment() throws -> [String] {
        let named = try request.credentials.variables.map { text in
            if text.contains("=") && !text.hasPrefix("=") { return text }
            guard let value = caller.variables[text] else {
                throw RunError.unusable(option: "--env", value: text, expected: "it is not set")
            }
            return "\(text)=\(value)"
        }
        return CallerVariables.allowed(caller.variables, timeZone: caller.timeZone)
            + ["OPENCODE_DISABLE_AUTOUPDATE=1"] + named
    }

    /// The caller's configuration of the agent, and the skills and agents that it reads elsewhere, as far as they exist.
    private var configurationCopies: [DirectoryCopy] {
        let home = workspace.state.home
        let copies = [
            DirectoryCopy(
                source: caller.configurationDirectory.appending("opencode"), target: home.pushing(".config/opencode")),
            DirectoryCopy(source: caller.home.appending(".agents"), target: home.appending(".agents")),
            DirectoryCopy(source: caller.home.pushing(".claude/skills"), target: home.pushing(".claude/skills")),
        ]
        return copies.filter { Files.exists($0.source) }
    }
}

extension LaunchPlanner {
    /// The files that the container reads beside trees and credentials: git's configuration, the machine's Debian
    /// mirrors, a user database.
    private func files(for plan: LaunchPlan) -> [MountedFile] {
        let git = GitSettings(
            safeDirectories: plan.host.trees.map(\.target.string),
            identity: GitIdentity(listing: workspace.gitListing), tokens: credentials.tokens.map { $0.forge.place() })
        let state = workspace.state
        return [MountedFile(state.gitConfiguration, text: git.text, target: "/etc/gitconfig")]
            + mirrors(for: plan.profile) + userDatabase(for: plan)
    }

    /// The image's apt sources name the snapshot of the lock; the machine's mirrors are nearer, and reachable.
    private func mirrors(for profile: HardeningProfile) -> [MountedFile] {
        guard profile.sudo, profile.network != .none,
            let sources = caller.aptSources(codename: definition.codename)
        else { return [] }
        return [
            MountedFile(
                "debian.sources", in: workspace.state.aptSources, text: sources.text,
                target: "/etc/apt/sources.list.d")
        ]
    }

    /// A user database with the caller's UID and GID, for a container without root.
    private func userDatabase(for plan: LaunchPlan) -> [MountedFile] {
        let (user, image) = (plan.user, definition.user)
        guard plan.profile.capabilities.isEmpty, user.userID != image.uid || user.groupID != image.gid
        else { return [] }
        let database = UserDatabase(name: image.name, user: user, home: image.home, shell: image.shell)
        return [("passwd", database.passwd), ("group", database.group)].map { name, text in
            MountedFile(workspace.state.path.appending(name), text: text, target: "/etc/\(name)")
        }
    }
}
