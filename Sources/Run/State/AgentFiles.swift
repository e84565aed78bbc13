// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The user's settings for the coding agent in the container: a copy of the configuration, which it may change (it
/// installs plugins there), and the credentials of the chosen providers.
package struct AgentFiles: Hashable, Sendable {
    /// Copies directories of the user to the persistent home of a project. The user's files replace earlier copies; a
    /// copy whose source is gone is removed, unless the container changed it. Links or directories that the container
    /// left in the places of files are moved aside.
    ///
    /// - Parameter written: The trees that containers write, in which no link is followed.
    /// - Returns: A sentence for the files that were moved aside, that stay, and that were not copied.
    /// - Throws: `FileError`.
    package static func copyConfiguration(
        _ planned: [DirectoryCopy], to state: StateDirectory, owner: ContainerUser, written: WrittenTrees
    ) throws -> [String] {
        let tree = try ContainerTree(RealPath.of(state.home) ?? state.home)
        var remarks: [String] = []
        var entries: [CallerConfiguration.Entry] = []
        var unread: Set<FilePath> = []
        for copy in planned {
            var target = copy.target
            guard target.removePrefix(state.home) else { continue }
            var configuration = CallerConfiguration(written: written)
            configuration.read(copy.source, as: target)
            remarks += configuration.remarks(on: copy.source)
            entries += configuration.entries
            unread.formUnion(configuration.unread)
        }
        var copied = CopiedFiles(at: state.copied)
        let kept = copied.removeGone(except: entries, unread: unread, in: tree)
        var home = HomeCopy(tree, owner: owner.files)
        for entry in entries {
            if let bytes = entry.bytes {
                try home.put(entry.path, bytes, isExecutable: entry.isExecutable)
            } else {
                try home.makeDirectory(entry.path)
            }
        }
        try copied.record(entries, unread: unread)
        return home.movedAside.map { "'\($0)' was in the way, moved aside" } + remark(onKept: kept) + remarks
    }

    private static func remark(onKept kept: [FilePath]) -> [String] {
        guard !kept.isEmpty else { return [] }
        let shown = kept.prefix(3).map { "'~/\($0)'" }.joined(separator: ", ")
        let more = kept.count > 3 ? " and \(kept.count - 3) more" : ""
        return ["Gone from your configuration, but changed in the container, where it stays: \(shown)\(more)"]
    }

    /// The data directory of the agent, with a file as a mount point: an engine would create a missing one as root, and
    /// leave it.
    ///
    /// - Returns: The paths that were moved aside.
    /// - Throws: `FileError`.
    package static func makeDataDirectory(
        of agent: CodingAgent, in state: StateDirectory, owner: ContainerUser
    ) throws -> [FilePath] {
        var copy = HomeCopy(try ContainerTree(state.home.appending(".local")), owner: owner.files)
        try copy.makeDirectory("share")
        try copy.makeDirectory(FilePath("share").appending(agent.directory))
        try copy.makeFile(FilePath("share").pushing(agent.credentials), Array("{}\n".utf8))
        return copy.movedAside
    }
}

/// Writes to a directory of the persistent home, which the container writes to as well: by handle, and obstacles are
/// moved aside.
struct HomeCopy {
    private let tree: ContainerTree
    private let owner: FileOwner
    /// The directories whose owner or mode was restored.
    private(set) var givenBack: [FilePath] = []
    /// The files that were moved aside to another name in the same directory.
    private(set) var movedAside: [FilePath] = []

    init(_ tree: ContainerTree, owner: FileOwner) {
        self.tree = tree
        self.owner = owner
    }

    /// Creates the directory, or makes an existing one usable: root of the container can take its ownership, and the
    /// user can deny access to everyone. Root of the host restores the owner and the mode in place, since another
    /// container of the project may use the directory.
    mutating func makeDirectory(_ path: FilePath, mode: mode_t = 0o755) throws {
        if let status = try tree.status(path) {
            let isOwn = status.st_uid == (geteuid() == 0 ? owner.userID : geteuid())
            if FileKind(mode: status.st_mode) == .directory && (isOwn || geteuid() == 0) {
                if isOwn && status.st_mode & S_IRWXU == S_IRWXU { return tree.removeDefaultList(of: path) }
                givenBack.append(tree.place(path))
                if !isOwn { try tree.give(path, to: owner) }
                try tree.openToOwner(path)
                tree.removeDefaultList(of: path)
                if !isOwn { tree.giveContents(of: path, from: status.st_uid, to: owner) }
                return
            }
            try moveAside(path)
        }
        try tree.makeDirectory(path, mode: mode, owner: owner)
    }

    /// Makes an existing directory usable, or replaces a file at its path.
    mutating func restoreDirectory(_ path: FilePath) throws {
        guard let kind = try? tree.kind(path), kind != .nothing, kind != .link else { return }
        try makeDirectory(path)
    }

    /// Writes the file, replacing an existing one. A directory at its path is moved aside.
    mutating func put(_ path: FilePath, _ bytes: [UInt8], isExecutable: Bool = false) throws {
        let status = try tree.status(path)
        let user = geteuid() == 0 ? owner.userID : geteuid()
        let isReadable = status.map { $0.st_uid == user && $0.st_mode & S_IRUSR != 0 } ?? false
        let isLike = status.map { $0.st_mode & S_IXUSR != 0 } == isExecutable
        if isReadable, isLike, tree.bytes(path, limit: max(1, bytes.count)) == bytes { return }
        if status.map({ FileKind(mode: $0.st_mode) }) == .directory { try moveAside(path) }
        try tree.replace(path, bytes, mode: isExecutable ? 0o755 : 0o644, owner: owner)
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
