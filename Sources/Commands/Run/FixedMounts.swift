// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Engine
import Glibc
import Run
import SystemPackage

/// What a container gets beside folders and credentials, and needs no launcher for: git's configuration, the machine's
/// Debian mirrors, names for numbers. Files of the project's state, mounted read-only.
struct FixedMounts: Sendable {
    private struct File: Sendable {
        let path: FilePath
        let text: String
    }

    /// The mounts, all of them read-only.
    let mounts: [BindMount]
    private let files: [File]

    /// Decides the files; `tokens` are those that git may ask for.
    init(_ preparation: Preparation, tokens: [TokenPlace] = []) {
        let all = [Self.git(preparation, tokens)] + Self.mirrors(preparation) + Self.names(preparation)
        (files, mounts) = (all.map(\.0), all.map(\.1))
    }

    /// Writes the files and gives their mounts. A file that is right already stays: another container of the project may
    /// have it mounted.
    ///
    /// - Throws: `FileError`.
    func write() throws -> [BindMount] {
        for file in files {
            let directory = file.path.removingLastComponent()
            if !Files.exists(directory) {
                try Files.makeDirectories(directory)
                chmod(directory.string, 0o755)
            }
            let bytes = Array(file.text.utf8)
            if (try? Files.read(file.path, limit: 1 << 20)) != bytes { try Files.write(bytes, to: file.path) }
            chmod(file.path.string, 0o644)
        }
        return mounts
    }

    private static func git(_ preparation: Preparation, _ tokens: [TokenPlace]) -> (File, BindMount) {
        let settings = GitSettings(
            safeFolders: preparation.guarding.trees.map(\.target.string), identity: preparation.identity, tokens: tokens
        )
        let file = preparation.state.gitConfiguration
        return (
            File(path: file, text: settings.text), BindMount(source: file, target: "/etc/gitconfig", noExec: true)
        )
    }

    /// The image's own apt sources name the archives of the lock's moment; the machine's mirror is nearer, and is there.
    private static func mirrors(_ preparation: Preparation) -> [(File, BindMount)] {
        let profile = preparation.plan.profile
        guard profile.sudo, profile.network != .none,
            let sources = preparation.surroundings.aptSources(codename: preparation.definition.codename)
        else { return [] }
        let directory = preparation.state.aptSources
        return [
            (
                File(path: directory.appending("debian.sources"), text: sources.text),
                BindMount(source: directory, target: "/etc/apt/sources.list.d", noExec: true)
            )
        ]
    }

    /// Where there is no root to give the user its numbers, it comes with a user database that has them.
    private static func names(_ preparation: Preparation) -> [(File, BindMount)] {
        let (user, image) = (preparation.plan.user, preparation.definition.user)
        guard preparation.plan.profile.capabilities.isEmpty, user.userID != image.uid || user.groupID != image.gid
        else { return [] }
        let database = UserDatabase(name: image.name, user: user, home: image.home, shell: image.shell)
        return [("passwd", database.passwd), ("group", database.group)].map { name, text in
            let file = preparation.state.path.appending(name)
            return (File(path: file, text: text), BindMount(source: file, target: "/etc/\(name)", noExec: true))
        }
    }
}
