// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Glibc
import SystemPackage

/// The user's settings for OpenCode in the container: a copy of the configuration, which it may change (it installs
/// plugins there), and the credentials of the chosen providers.
package struct AgentFiles: Hashable, Sendable {
    /// Copies the user's configuration to a project's state; the user's files replace earlier copies. Links or
    /// directories that the container left in their places are moved aside.
    ///
    /// - Returns: The paths that were moved aside.
    /// - Throws: `FileError`.
    package static func copyConfiguration(_ planned: DirectoryCopy, owner: ContainerUser) throws -> [FilePath] {
        guard Files.exists(planned.source), let name = planned.target.lastComponent else { return [] }
        var copy = HomeCopy(try ContainerTree(planned.target.removingLastComponent()), owner: owner.files)
        try copy.copy(planned.source, to: FilePath(root: nil, [name]), depth: 0)
        return copy.movedAside
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

    /// The data directory of OpenCode, with a file as a mount point: an engine would create a missing one as root, and
    /// leave it.
    ///
    /// - Returns: The paths that were moved aside.
    /// - Throws: `FileError`.
    package static func makeDataDirectory(in state: StateDirectory, owner: ContainerUser) throws -> [FilePath] {
        var copy = HomeCopy(try ContainerTree(state.home.appending(".local")), owner: owner.files)
        try copy.makeDirectory("share")
        try copy.makeDirectory("share/opencode")
        try copy.makeFile("share/opencode/auth.json", Array("{}\n".utf8))
        return copy.movedAside
    }
}

/// Writes to a directory of the persistent home, which the container writes to as well: by handle, and obstacles are
/// moved aside.
struct HomeCopy {
    private static let limit = 32 << 20
    private static let skipped: Set<String> = ["node_modules", ".git"]

    private let tree: ContainerTree
    private let owner: FileOwner
    private var left = limit
    /// The obstacles, which were moved aside under other names.
    private(set) var movedAside: [FilePath] = []

    init(_ tree: ContainerTree, owner: FileOwner) {
        self.tree = tree
        self.owner = owner
    }

    /// Copies the caller's directory `source`, whose links are the caller's own.
    mutating func copy(_ source: FilePath, to target: FilePath, depth: Int) throws {
        guard depth < 8 else { return }
        try makeDirectory(target)
        for name in try Files.list(source) where !Self.skipped.contains(name) {
            var status = stat()
            let (from, to) = (source.appending(name), target.appending(name))
            guard stat(from.string, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try copy(from, to: to, depth: depth + 1)
            case S_IFREG:
                left -= Int(status.st_size)
                guard left > 0, let bytes = try? Files.read(from, limit: Self.limit) else { continue }
                if tree.bytes(to, limit: Self.limit) == bytes { continue }
                if try tree.kind(to) == .directory { try moveAside(to) }
                try tree.replace(to, bytes, owner: owner)
            default: continue
            }
        }
    }

    /// Creates the directory, or makes an existing one usable: root of the container can take its ownership, and the
    /// user can remove its permissions. Root of the host restores both, because another container of the project may
    /// use it.
    mutating func makeDirectory(_ path: FilePath, mode: mode_t = 0o755) throws {
        if let status = try tree.status(path) {
            let isOwn = status.st_uid == (geteuid() == 0 ? owner.userID : geteuid())
            if FileKind(mode: status.st_mode) == .directory && (isOwn || geteuid() == 0) {
                if !isOwn { try tree.give(path, to: owner) }
                return try tree.openToOwner(path)
            }
            try moveAside(path)
        }
        try tree.makeDirectory(path, mode: mode, owner: owner)
    }

    /// Creates the file if it does not exist.
    mutating func makeFile(_ path: FilePath, _ bytes: [UInt8]) throws {
        let kind = try tree.kind(path)
        if kind == .file { return }
        if kind != .nothing { try moveAside(path) }
        try tree.create(path, bytes, mode: 0o600, owner: owner)
    }

    private mutating func moveAside(_ path: FilePath) throws {
        movedAside.append(try tree.moveAside(path))
    }
}

extension ContainerUser {
    /// The owner of the files that are created for the user.
    var files: FileOwner { FileOwner(userID: userID, groupID: groupID) }
}
