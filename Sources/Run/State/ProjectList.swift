// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// A project that has state.
package struct KnownProject: Hashable, Sendable {
    /// Its id.
    package let id: String
    /// Where the project is, or was.
    package let folder: String
    /// Whether the folder is still there.
    package let exists: Bool
    /// Whether a container of it runs.
    package let isRunning: Bool
    /// How many bytes the state takes on disk.
    package let bytes: UInt64
    /// When it was last used, in seconds since 1970.
    package let lastUsed: Int64
    /// The state.
    package let state: StateFolder
}

/// The states of all projects.
package struct ProjectList: Hashable, Sendable {
    /// The folder they are in.
    package let root: FilePath

    /// The states below `root`.
    package init(root: FilePath) { self.root = root }

    /// All of them, the last used first.
    ///
    /// - Throws: `FileError`.
    package func all() throws -> [KnownProject] {
        guard Files.exists(root) else { return [] }
        return try Files.list(root).compactMap(project).sorted { ($1.lastUsed, $0.id) < ($0.lastUsed, $1.id) }
    }

    /// The directories of all projects that have state.
    package func folders() -> [FilePath] {
        ((try? Files.list(root)) ?? []).compactMap { name in
            let record = StateFolder(path: root.appending(name)).record
            return (try? Files.read(record, limit: 1 << 14)).map { FilePath(String(decoding: $0, as: UTF8.self)) }
        }
    }

    /// The one project that `name` means: an id, its beginning, or the path of the folder.
    ///
    /// - Throws: `RunError.unknownProject`, `FileError`.
    package func find(_ name: String) throws -> KnownProject {
        let all = try all()
        let real = RealPath.of(FilePath(name))?.string
        let exact = all.filter { $0.id == name || $0.folder == name || $0.folder == real }
        let found = exact.isEmpty ? all.filter { name.count >= 4 && $0.id.hasPrefix(name) } : exact
        guard let project = found.first, found.count == 1 else {
            throw RunError.unknownProject(name, known: all.map(\.folder))
        }
        return project
    }

    /// Removes the state of a project that does not run.
    ///
    /// - Throws: `RunError.projectInUse`, `FileError`.
    package func remove(_ project: KnownProject) throws {
        let lock = try StateLock(project.state)
        guard lock.isLast() else { throw RunError.projectInUse(project.folder) }
        // Under another name first: one that is killed here leaves no half state behind under the old one.
        let trash = root.appending(".removed-\(project.id)-\(Files.uniqueSuffix())")
        guard rename(project.state.path.string, trash.string) == 0 else {
            throw FileError("remove", project.state.path, Errno(rawValue: errno))
        }
        try Files.removeTree(trash)
    }

    private func project(_ name: String) -> KnownProject? {
        let state = StateFolder(path: root.appending(name))
        guard name.utf8.count == 16, let bytes = try? Files.read(state.record, limit: 1 << 14) else { return nil }
        let folder = String(decoding: bytes, as: UTF8.self)
        var status = stat()
        let used = stat(state.lock.string, &status) == 0 ? Int64(status.st_mtim.tv_sec) : 0
        let isRunning = (try? StateLock(state)).map { !$0.isLast() } ?? false
        return KnownProject(
            id: name, folder: folder, exists: Files.exists(FilePath(folder)), isRunning: isRunning,
            bytes: Self.size(state.path), lastUsed: used, state: state)
    }

    /// What lies on the disk, without following links; files with two names count twice.
    private static func size(_ path: FilePath) -> UInt64 {
        guard let status = try? Files.status(of: path) else { return 0 }
        let own = UInt64(clamping: status.st_blocks) * 512
        guard status.st_mode & S_IFMT == S_IFDIR else { return own }
        return ((try? Files.list(path)) ?? []).reduce(own) { $0 + size(path.appending($1)) }
    }
}
