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

    /// Makes the state of `former` that of `project`.
    ///
    /// - Throws: `RunError.projectInUse`, `.projectStays` when its directory still exists, `.stateExists` when `project`
    ///   has state, `FileError`.
    package func move(_ former: KnownProject, to project: Project) throws {
        guard !former.exists, !former.isPartlyRemoved else { throw RunError.projectStays(former.directory) }
        let lock = try StateLock(former.state)
        guard lock.isLast() else { throw RunError.projectInUse(former.directory) }
        let state = StateDirectory(project, root: root)
        let (old, new) = (former.state.path.string, state.path.string)
        guard clinux_rename_exclusively(AT_FDCWD, old, AT_FDCWD, new) == 0 else {
            guard errno != EEXIST else { throw RunError.stateExists(project.directory.text) }
            throw FileError("rename", former.state.path, Errno(rawValue: errno))
        }
        try state.keepRecord(of: project)
    }
}
