// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Glibc
import SystemPackage

/// What OpenCode finds of its user's settings: a copy of the configuration, which it may write into (it installs plugins
/// there), and the credentials of the providers that were chosen.
package struct AgentFiles: Hashable, Sendable {
    private static let limit = 32 << 20
    private static let skipped: Set<String> = ["node_modules", ".git"]

    /// Copies the user's configuration into a project's state; the user's files win over copies of theirs.
    ///
    /// - Throws: `FileError`.
    package static func copyConfiguration(from source: FilePath, to state: StateFolder, owner: ContainerUser) throws {
        guard Files.exists(source) else { return }
        var left = limit
        try copy(source, to: state.home.pushing(".config/opencode"), owner, depth: 0, &left)
    }

    private static func copy(
        _ source: FilePath, to target: FilePath, _ owner: ContainerUser, depth: Int, _ left: inout Int
    ) throws {
        guard depth < 8 else { return }
        try make(target, owner)
        for name in try Files.list(source) where !skipped.contains(name) {
            var status = stat()
            let (from, to) = (source.appending(name), target.appending(name))
            guard stat(from.string, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try copy(from, to: to, owner, depth: depth + 1, &left)
            case S_IFREG:
                left -= Int(status.st_size)
                guard left > 0, let bytes = try? Files.read(from, limit: limit) else { continue }
                if (try? Files.read(to, limit: limit)) == bytes { continue }
                try Files.write(bytes, to: to)
                hand(to, owner)
            default: continue
            }
        }
    }

    /// The entries of `auth.json` for the chosen providers.
    ///
    /// - Throws: `RunError.unknownProvider`, `FileError`.
    package static func credentials(of providers: [String], in file: FilePath) throws -> [UInt8] {
        let bytes = Files.exists(file) ? try Files.read(file, limit: 1 << 20) : []
        let all = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] ?? [:]
        for provider in providers where all[provider] == nil {
            throw RunError.unknownProvider(provider, known: all.keys.sorted())
        }
        let chosen = all.filter { providers.contains($0.key) }
        return Array((try? JSONSerialization.data(withJSONObject: chosen, options: .sortedKeys)) ?? Data("{}".utf8))
    }

    /// The folder that OpenCode keeps its data in, with a file that another one can be mounted on: where an engine has to
    /// make it, it is root's, and stays.
    ///
    /// - Throws: `FileError`.
    package static func makeDataFolder(in state: StateFolder, owner: ContainerUser) throws {
        var folder = state.home.appending(".local")
        for name in ["share", "opencode"] {
            folder.append(name)
            try make(folder, owner)
        }
        let file = folder.appending("auth.json")
        guard !Files.exists(file) else { return }
        try Files.write(Array("{}\n".utf8), to: file)
        chmod(file.string, 0o600)
        hand(file, owner)
    }

    private static func make(_ folder: FilePath, _ owner: ContainerUser) throws {
        guard !Files.exists(folder) else { return }
        try Files.makeDirectories(folder)
        hand(folder, owner)
    }

    private static func hand(_ path: FilePath, _ owner: ContainerUser) {
        if geteuid() == 0 { lchown(path.string, owner.userID, owner.groupID) }
    }
}
