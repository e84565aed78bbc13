// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// A project whose directory is gone, and which another directory may continue.
package struct FormerProject: Hashable, Sendable {
    /// The ID.
    package let id: String
    /// The path that the directory had.
    package let directory: String
    /// Whether the other directory is the same one, under another path.
    package let isSame: Bool
}

extension ProjectList {
    /// The project that `project`, which has no state, was before a rename: the one whose directory it is, or else one
    /// whose directory had the same name. The directories of both are gone.
    package func former(of project: Project) -> FormerProject? {
        guard !Files.exists(root.appending(project.id)) else { return nil }
        let here = RecordedDirectory(at: project.directory.path)
        var named: FormerProject?
        for name in (try? Files.list(root)) ?? [] where name.utf8.count == 16 {
            let state = StateDirectory(path: root.appending(name))
            guard let directory = state.directory, !Files.exists(FilePath(directory)) else { continue }
            let isSame = here.flatMap { here in state.origin.map(here.isSame) } ?? false
            let former = FormerProject(id: name, directory: directory, isSame: isSame)
            if isSame { return former }
            if FilePath(directory).lastComponent == project.directory.path.lastComponent { named = named ?? former }
        }
        return named
    }

    /// Makes the state of `former` that of `project`. State that `project` has already becomes that of the former
    /// path, where it is listed, so that nothing is lost.
    ///
    /// - Returns: Whether `project` had state.
    /// - Throws: `RunError.projectInUse` when either is in use, `.projectStays` when the directory of `former` still
    ///   exists, `FileError`.
    package func move(_ former: KnownProject, to project: Project) throws -> Bool {
        guard !former.exists, !former.isPartlyRemoved else { throw RunError.projectStays(former.directory) }
        let lock = try StateLock(former.state)
        guard lock.isLast() else { throw RunError.projectInUse(former.directory) }
        let state = StateDirectory(project, root: root)
        let hadState = try exchange(former, with: state, of: project)
        try state.keepRecord(of: project)
        return hadState
    }

    /// Renames the state of `former`, or exchanges both states.
    private func exchange(_ former: KnownProject, with state: StateDirectory, of project: Project) throws -> Bool {
        let (old, new) = (former.state.path.string, state.path.string)
        if clinux_rename_exclusively(AT_FDCWD, old, AT_FDCWD, new) == 0 { return false }
        guard errno == EEXIST else { throw FileError("rename", former.state.path, Errno(rawValue: errno)) }
        let lock = try StateLock(state)
        guard lock.isLast() else { throw RunError.projectInUse(project.directory.text) }
        guard clinux_exchange(old, new) == 0 else {
            throw FileError("rename", former.state.path, Errno(rawValue: errno))
        }
        try former.state.recordMissing(former.directory)
        return true
    }
}
