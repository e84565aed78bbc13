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
    private let preparation: Preparation

    init(_ preparation: Preparation) { self.preparation = preparation }

    /// Writes the files and gives their mounts; `tokens` are those that git may ask for.
    ///
    /// - Throws: `FileError`.
    func all(tokens: [TokenPlace]) throws -> [BindMount] {
        try [git(tokens)] + mirrors() + names()
    }

    private func git(_ tokens: [TokenPlace]) throws -> BindMount {
        let folders = preparation.folders
        let outside = preparation.guarding.outside.map { [$0.string] } ?? []
        let settings = GitSettings(
            safeFolders: [folders.target] + folders.added.map(\.target) + outside, identity: preparation.identity,
            tokens: tokens)
        let file = preparation.state.gitConfiguration
        try Self.write(settings.text, to: file)
        return BindMount(source: file, target: "/etc/gitconfig", noExec: true)
    }

    /// The image's own apt sources name the archives of the lock's moment; the machine's mirror is nearer, and is there.
    private func mirrors() throws -> [BindMount] {
        let profile = preparation.plan.profile
        guard profile.sudo, profile.network != .none,
            let sources = preparation.surroundings.aptSources(codename: preparation.definition.codename)
        else { return [] }
        let folder = preparation.state.aptSources
        try Files.makeDirectories(folder)
        chmod(folder.string, 0o755)
        try Self.write(sources.text, to: folder.appending("debian.sources"))
        return [BindMount(source: folder, target: "/etc/apt/sources.list.d", noExec: true)]
    }

    /// Where there is no root to give the user its numbers, it comes with a user database that has them.
    private func names() throws -> [BindMount] {
        let (user, image) = (preparation.plan.user, preparation.definition.user)
        guard preparation.plan.profile.capabilities.isEmpty, user.userID != image.uid || user.groupID != image.gid
        else { return [] }
        let database = UserDatabase(name: image.name, user: user, home: image.home, shell: image.shell)
        return try [("passwd", database.passwd), ("group", database.group)].map { name, text in
            let file = preparation.state.path.appending(name)
            try Self.write(text, to: file)
            return BindMount(source: file, target: "/etc/\(name)", noExec: true)
        }
    }

    /// A file that is right already stays: another container of the project may have it mounted.
    private static func write(_ text: String, to file: FilePath) throws {
        let bytes = Array(text.utf8)
        if (try? Files.read(file, limit: 1 << 20)) != bytes { try Files.write(bytes, to: file) }
        chmod(file.string, 0o644)
    }
}
