// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage

/// The persistent state of a project: shell history, caches of package managers, the agent's sessions, known ssh hosts.
package struct StateDirectory: Hashable, Sendable {
    /// The directory, named after the project's ID.
    package let path: FilePath

    /// The state of `project` below `root`.
    package init(_ project: Project, root: FilePath) { path = root.appending(project.id) }

    /// The state in an existing directory.
    package init(path: FilePath) { self.path = path }

    /// The persistent directories of the home. All are direct children of it, because an engine creates missing parents
    /// of a mount point as root.
    package static let names =
        [".cache", ".config", ".local", ".ssh", ".npm", ".m2", ".gradle", ".cargo", "go"]
        + CodingAgent.openCode.persistentNames

    /// The subdirectories that the session, the shell and the coding agent need, parents first. They are not created, but
    /// existing ones are made usable.
    private static let needed: [FilePath] =
        [".local/share", ".local/state", ".local/bin", ".local/state/zsh", ".cache/zsh"]
        + CodingAgent.openCode.homeDirectories

    /// The directories of the home on the host.
    package var home: FilePath { path.appending("home") }
    /// The system-wide git configuration of the container.
    package var gitConfiguration: FilePath { path.appending("gitconfig") }
    /// The apt sources with the machine's Debian mirrors.
    package var aptSources: FilePath { path.appending("apt") }
    /// The record of the caller's files that were copied into the home.
    var copied: FilePath { path.appending("copied") }
    /// The record of a repository around the project that the caller does not want as the project.
    package var declinedRepository: FilePath { path.appending("declined-repository") }
    /// The log of signatures.
    package var signatureLog: FilePath { path.appending("signatures.log") }
    /// The complete report, when not all lines are shown.
    package var report: FilePath { path.appending("report") }
    /// The record of the project's directory.
    package var record: FilePath { path.appending("project") }
    private var originFile: FilePath { path.appending("origin") }
    /// The record of the project's owner.
    package var ownerFile: FilePath { path.appending("owner") }
    /// The lock that every launcher of the project holds while it runs.
    package var lock: FilePath { path.appending("lock") }

    /// The mounts of the directories in the container.
    package func mounts(home target: String) -> [BindMount] {
        Self.names.map { BindMount(source: home.appending($0), target: "\(target)/\($0)", readOnly: false) }
    }

    /// Creates missing directories, and makes the user of the container the owner of those of the home. Unusable
    /// remains of a container are moved aside.
    ///
    /// - Returns: A sentence for the files that were moved aside, and one for the directories that were restored.
    /// - Throws: `FileError`.
    @discardableResult
    package func prepare(for project: Project, userID: UInt32, groupID: UInt32) throws -> [String] {
        try Files.makeDirectories(home)
        // Other users of the host have no access.
        chmod(path.string, 0o700)
        let owner = FileOwner(userID: userID, groupID: groupID)
        var copy = HomeCopy(try ContainerTree(RealPath.of(home) ?? home), owner: owner)
        for name in Self.names { try copy.makeDirectory(FilePath(name), mode: name == ".ssh" ? 0o700 : 0o755) }
        for path in Self.needed { try copy.restoreDirectory(path) }
        try keepRecord(of: project)
        return copy.movedAside.map { "'\($0)' is not the container user's, moved aside" }
            + Self.remark(on: copy.givenBack)
    }

    /// Records the project's directory: its path, its identity, and at the first start its owner.
    ///
    /// - Throws: `FileError`.
    func keepRecord(of project: Project) throws {
        let name = Array(project.directory.text.utf8)
        if (try? Files.read(record, limit: 1 << 14)) != name { try Files.write(name, to: record) }
        if owner == nil, project.directory.ownerID != 0 {
            try Files.write(Array("\(project.directory.ownerID):\(project.directory.groupID)".utf8), to: ownerFile)
        }
        guard let now = RecordedDirectory(at: project.directory.path), origin != now else { return }
        try Files.write(now.line, to: originFile)
    }

    /// Records a path without a directory, and forgets the identity and the owner of the one that the state had.
    ///
    /// - Throws: `FileError`.
    func recordMissing(_ directory: String) throws {
        try Files.write(Array(directory.utf8), to: record)
        for file in [originFile, ownerFile] { try Files.removeTree(file) }
    }

    /// The project's directory, which a rename does not change.
    var origin: RecordedDirectory? {
        (try? Files.read(originFile, limit: 1 << 14)).flatMap { RecordedDirectory(line: $0[...]) }
    }

    /// The owner of the project at its first start: a container can give the directory to any user, as root. Root is no
    /// such owner: the agent cannot write to its project, and the remedy is another owner.
    package var owner: FileOwner? {
        let text = (try? Files.read(ownerFile, limit: 1 << 6)).map { String(decoding: $0, as: UTF8.self) }
        let numbers = (text ?? "").split(separator: ":").map { UInt32($0) }
        guard numbers.count == 2, let user = numbers[0], let group = numbers[1], user != 0 else { return nil }
        return FileOwner(userID: user, groupID: group)
    }

    /// The path of the project's directory, as recorded.
    var directory: String? {
        (try? Files.read(record, limit: 1 << 14)).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func remark(on places: [FilePath]) -> [String] {
        guard !places.isEmpty else { return [] }
        let shown = places.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        let more = places.count > 5 ? " and \(places.count - 5) more" : ""
        return [
            "The container had closed directories of the lasting home to its user, who has them back: \(shown)\(more)"
        ]
    }
}

/// The lock on a project's state, held while a launcher uses it; the kernel releases it with the process.
package final class StateLock: Sendable {
    private let file: FileDescriptor

    /// Takes a shared lock on the state.
    ///
    /// - Parameter marksUse: Whether to record this as the last use.
    /// - Throws: `FileError`.
    package init(_ state: StateDirectory, marksUse: Bool = false) throws {
        file = try mapErrno("open", state.lock) {
            try FileDescriptor.open(
                state.lock, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
        }
        flock(file.rawValue, LOCK_SH)
        if marksUse { futimens(file.rawValue, nil) }
    }

    /// Takes an exclusive lock; returns whether no other process uses the state.
    package func isLast() -> Bool { flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 }

    deinit { try? file.close() }
}
