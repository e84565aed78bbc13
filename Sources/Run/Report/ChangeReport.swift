// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// A moment that changes of files are compared with. A file's change time (inode(7), ctime) cannot be set by anybody.
package struct Moment: Hashable, Sendable, Comparable {
    let seconds: Int64
    let nanoseconds: Int64

    /// A little before `now`, in nanoseconds since 1970: the kernel stamps files with the time of its last tick.
    package init(before now: Int64) {
        let early = now - 10_000_000
        self.init(seconds: early / 1_000_000_000, nanoseconds: early % 1_000_000_000)
    }

    init(seconds: Int64, nanoseconds: Int64) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    init(_ status: stat) {
        self.init(seconds: Int64(status.st_ctim.tv_sec), nanoseconds: Int64(status.st_ctim.tv_nsec))
    }

    package static func < (left: Moment, right: Moment) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

/// What changed in a project, among the files that the host executes.
package struct ChangeReport: Hashable, Sendable {
    /// The files, relative to the project.
    package private(set) var files: [String] = []
    /// Files with a set-uid or set-gid bit that were changed: there should be none.
    package private(set) var setID: [String] = []
    /// Whether there was more to look at than is looked at.
    package private(set) var isCut = false

    private var left = 300_000

    /// Looks through `folder` for what changed since `start`.
    ///
    /// - Parameter repositories: git's own folders, of which hooks and configuration count.
    package init(_ folder: FilePath, since start: Moment, repositories: [FilePath] = []) {
        walk(folder, [], start)
        for repository in repositories { look(repository, start, relativeTo: folder) }
        files = Array(Set(files)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private mutating func walk(_ folder: FilePath, _ path: [String], _ start: Moment) {
        guard path.count < 64, let names = try? Files.list(folder) else { return }
        for name in names {
            guard left > 0 else {
                isCut = true
                return
            }
            left -= 1
            let place = folder.appending(name)
            guard let status = try? Files.status(of: place) else { continue }
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            let isNew = Moment(status) >= start
            if isFolder && name == ".git" { noteRepository(place, path + [name], start) }
            if isNew && !isFolder { note(path + [name], status) }
            if isFolder && name != ".git" && !HostExecuted.skipped.contains(name) { walk(place, path + [name], start) }
        }
    }

    private mutating func note(_ path: [String], _ status: stat) {
        if HostExecuted.matches(path) { files.append(path.joined(separator: "/")) }
        if status.st_mode & S_IFMT == S_IFREG && status.st_mode & 0o6000 != 0 {
            setID.append(path.joined(separator: "/"))
        }
    }

    /// A repository that the container made itself has hooks and a configuration that nobody guarded.
    private mutating func noteRepository(_ folder: FilePath, _ path: [String], _ start: Moment) {
        for name in Self.changed(folder, start) { files.append((path + [name]).joined(separator: "/")) }
    }

    private mutating func look(_ repository: FilePath, _ start: Moment, relativeTo folder: FilePath) {
        var shown = repository
        _ = shown.removePrefix(folder)
        for name in Self.changed(repository, start) { files.append(shown.appending(name).string) }
    }

    private static func changed(_ repository: FilePath, _ start: Moment) -> [String] {
        let hooks = ((try? Files.list(repository.appending("hooks"))) ?? []).map { "hooks/\($0)" }
        let todo = ["rebase-merge/git-rebase-todo", "rebase-apply/git-rebase-todo"]
        return (["config", "config.worktree", "info/attributes"] + todo + hooks).filter { name in
            guard let status = try? Files.status(of: repository.pushing(FilePath(name))) else { return false }
            return Moment(status) >= start
        }
    }
}
