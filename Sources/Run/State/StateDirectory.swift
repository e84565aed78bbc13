// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage

/// What lasts of a project between runs, in a directory of its own: history, caches of package managers, the agent's
/// sessions, hosts that ssh knows.
package struct StateDirectory: Hashable, Sendable {
    /// Below the directory of all projects, by the project's id.
    package let path: FilePath

    /// The state of `project` below `root`.
    package init(_ project: Project, root: FilePath) { path = root.appending(project.id) }

    /// The state in a directory that is there.
    package init(path: FilePath) { self.path = path }

    /// The directories of the home that last. All are right below it: an engine makes missing directories on the way to
    /// a mount point as root's.
    package static let names = [".cache", ".config", ".local", ".ssh", ".npm", ".m2", ".gradle", ".cargo", "go"]

    /// The home's directories on the host.
    package var home: FilePath { path.appending("home") }
    /// What git in the container reads as the system's configuration.
    package var gitConfiguration: FilePath { path.appending("gitconfig") }
    /// The machine's Debian mirrors, where apt in the container reads them.
    package var aptSources: FilePath { path.appending("apt") }
    /// A line for each signature.
    package var signatureLog: FilePath { path.appending("signatures.log") }
    /// The whole of a report whose lines are not all shown.
    package var report: FilePath { path.appending("report") }
    /// Which project this is.
    package var record: FilePath { path.appending("project") }
    /// Held by every launcher of the project while it runs.
    package var lock: FilePath { path.appending("lock") }

    /// Where the container sees the directories.
    package func mounts(home target: String) -> [BindMount] {
        Self.names.map { BindMount(source: home.appending($0), target: "\(target)/\($0)", readOnly: false) }
    }

    /// Makes what is missing, and hands the directories of the home to the user of the container. What the container
    /// left of them and its user cannot use is moved aside.
    ///
    /// - Returns: What was moved aside.
    /// - Throws: `FileError`.
    @discardableResult
    package func prepare(for project: Project, userID: UInt32, groupID: UInt32) throws -> [FilePath] {
        try Files.makeDirectories(home)
        // Others on the host have no business in here.
        chmod(path.string, 0o700)
        let owner = FileOwner(userID: userID, groupID: groupID)
        var copy = HomeCopy(try ContainerTree(RealPath.of(home) ?? home), owner: owner)
        for name in Self.names { try copy.makeDirectory(FilePath(name), mode: name == ".ssh" ? 0o700 : 0o755) }
        let name = Array(project.directory.text.utf8)
        if (try? Files.read(record, limit: 1 << 14)) != name { try Files.write(name, to: record) }
        return copy.movedAside
    }
}

/// The lock of a project's state, held while a launcher uses it; the kernel drops it with the process.
package final class StateLock: Sendable {
    private let file: FileDescriptor

    /// Joins those who use the state.
    ///
    /// - Parameter marksUse: Whether this is a use, whose time is remembered.
    /// - Throws: `FileError`.
    package init(_ state: StateDirectory, marksUse: Bool = false) throws {
        file = try mapErrno("open", state.lock) {
            try FileDescriptor.open(
                state.lock, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
        }
        flock(file.rawValue, LOCK_SH)
        if marksUse { futimens(file.rawValue, nil) }
    }

    /// Whether nobody else uses it. From then on nobody else can, until this is gone.
    package func isLast() -> Bool { flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 }

    deinit { try? file.close() }
}
