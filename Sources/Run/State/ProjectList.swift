// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// A project with stored state.
package struct KnownProject: Hashable, Sendable {
    /// The ID.
    package let id: String
    /// The path of the project, which may not exist any more.
    package let directory: String
    /// Whether the directory still exists.
    package let exists: Bool
    /// Whether a container of it runs.
    package let isRunning: Bool
    /// The size of the state on disk in bytes.
    package let bytes: UInt64
    /// The last use, in seconds since 1970.
    package let lastUsed: Int64
    /// The state.
    package let state: StateDirectory
    /// Whether a removal was interrupted.
    package let isPartlyRemoved: Bool
}

/// The states of all projects.
package struct ProjectList: Hashable, Sendable {
    /// The parent directory of the states.
    package let root: FilePath

    /// The states below `root`.
    package init(root: FilePath) { self.root = root }

    /// All projects, the last used first, including those that were removed only in part.
    ///
    /// - Throws: `FileError`.
    package func all() throws -> [KnownProject] {
        guard Files.exists(root) else { return [] }
        return try Files.list(root).compactMap { project($0) ?? leftover($0) }
            .sorted { ($1.lastUsed, $0.id) < ($0.lastUsed, $1.id) }
    }

    /// The directories of all projects with state.
    package func directories() -> [FilePath] {
        ((try? Files.list(root)) ?? []).compactMap {
            StateDirectory(path: root.appending($0)).directory.map { FilePath($0) }
        }
    }

    /// The projects matching `name`: an ID, its prefix, or the path of the directory. Besides the state there may be
    /// one that was removed only in part.
    ///
    /// - Throws: `RunError.unknownProject`, `FileError`.
    package func find(_ name: String) throws -> [KnownProject] {
        let all = try all()
        let paths = [name, Self.place(FilePath(name))?.string]
        let exact = all.filter { $0.id == name || paths.contains($0.directory) }
        let found = exact.isEmpty ? all.filter { name.count >= 4 && $0.id.hasPrefix(name) } : exact
        guard Set(found.map(\.id)).count == 1 else { throw RunError.unknownProject(name, known: all.map(\.directory)) }
        return found
    }

    /// The real path of a directory, which may be gone: then that of its parent, and its name.
    private static func place(_ path: FilePath) -> FilePath? {
        if let real = RealPath.of(path) { return real }
        guard let name = path.lastComponent, name.kind == .regular else { return nil }
        let parent = path.removingLastComponent()
        return RealPath.of(parent.isEmpty ? "." : parent)?.appending(name)
    }

    /// Removes the state of a project that is not running. Files that cannot be removed stay listed.
    ///
    /// - Throws: `RunError.projectInUse`, `RunError.stateRemains`, `FileError`.
    package func remove(_ project: KnownProject) throws {
        if project.isPartlyRemoved { return try removeLeftover(project.state, of: project.directory) }
        let lock = try StateLock(project.state)
        guard lock.isLast() else { throw RunError.projectInUse(project.directory) }
        // It is renamed first, so that a kill leaves no partial state under the old name.
        let trash = root.appending("\(Self.removed)\(project.id)-\(Files.uniqueSuffix())")
        guard rename(project.state.path.string, trash.string) == 0 else {
            throw FileError("remove", project.state.path, Errno(rawValue: errno))
        }
        try removeLeftover(StateDirectory(path: trash), of: project.directory)
    }

    private static let removed = ".removed-"

    /// Empties a state, and its record with the directory and the last use at the end: until then it is listed.
    private func removeLeftover(_ state: StateDirectory, of directory: String) throws {
        let tree = try ContainerTree(RealPath.of(state.path) ?? state.path)
        if let rest = try tree.removeContents(keeping: ["lock", "project"]) {
            throw RunError.stateRemains(directory, state: state.path, rest)
        }
        for name in ["lock", "project"] { try tree.unlink(FilePath(name)) }
        guard rmdir(state.path.string) == 0 else { throw FileError("remove", state.path, Errno(rawValue: errno)) }
    }

    private func project(_ name: String) -> KnownProject? {
        let state = StateDirectory(path: root.appending(name))
        guard name.utf8.count == 16, let directory = state.directory else { return nil }
        let isRunning = (try? StateLock(state)).map { !$0.isLast() } ?? false
        return known(state, id: name, directory: directory, isRunning: isRunning)
    }

    /// The rest of a state whose removal was interrupted; an empty one is ignored.
    private func leftover(_ name: String) -> KnownProject? {
        let state = StateDirectory(path: root.appending(name))
        guard name.hasPrefix(Self.removed), Files.isDirectory(state.path), rmdir(state.path.string) != 0 else {
            return nil
        }
        let id = String(name.dropFirst(Self.removed.count).prefix(16))
        return known(state, id: id, directory: state.directory ?? state.path.string, isRunning: false)
    }

    private func known(_ state: StateDirectory, id: String, directory: String, isRunning: Bool) -> KnownProject {
        var status = stat()
        let used = stat(state.lock.string, &status) == 0 ? Int64(status.st_mtim.tv_sec) : 0
        let tree = try? ContainerTree(RealPath.of(state.path) ?? state.path)
        return KnownProject(
            id: id, directory: directory, exists: Files.exists(FilePath(directory)), isRunning: isRunning,
            bytes: tree?.size() ?? 0, lastUsed: used, state: state,
            isPartlyRemoved: state.path.lastComponent?.string.hasPrefix(Self.removed) ?? false)
    }
}
