// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Engine
import Run
import SystemPackage

extension Preparation {
    /// The caller's configuration of the agent, if it exists.
    var configurationCopies: [DirectoryCopy] {
        let source = environment.configurationDirectory.appending("opencode")
        return Files.exists(source)
            ? [DirectoryCopy(source: source, target: state.home.appending(".config").appending("opencode"))] : []
    }

    /// The files that the container reads beside trees and credentials: git's configuration, the machine's Debian
    /// mirrors, a user database.
    func containerFiles(for identity: GitIdentity) -> [MountedFile] {
        let git = GitSettings(
            safeDirectories: plan.host.trees.map(\.target.string), identity: identity,
            tokens: credentials.tokens.map { $0.forge.place() })
        return [MountedFile(state.gitConfiguration, text: git.text, target: "/etc/gitconfig")] + mirrors + userDatabase
    }

    /// The image's apt sources name the snapshot of the lock; the machine's mirrors are nearer, and reachable.
    private var mirrors: [MountedFile] {
        guard plan.profile.sudo, plan.profile.network != .none,
            let sources = environment.aptSources(codename: definition.codename)
        else { return [] }
        return [
            MountedFile("debian.sources", in: state.aptSources, text: sources.text, target: "/etc/apt/sources.list.d")
        ]
    }

    /// A user database with the caller's UID and GID, for a container without root.
    private var userDatabase: [MountedFile] {
        let (user, image) = (plan.user, definition.user)
        guard plan.profile.capabilities.isEmpty, user.userID != image.uid || user.groupID != image.gid
        else { return [] }
        let database = UserDatabase(name: image.name, user: user, home: image.home, shell: image.shell)
        return [("passwd", database.passwd), ("group", database.group)].map { name, text in
            MountedFile(state.path.appending(name), text: text, target: "/etc/\(name)")
        }
    }
}
