// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// A file or a directory of a repository that its mode or its owner makes inaccessible to the user who runs git there.
/// The launcher, when it runs as root, can still access it.
struct ClosedPlace {
    /// The path on the host.
    let place: FilePath
    private let owner: UInt32
    private let user: UInt32
    private let isDirectory: Bool
    /// Whether it is accessible, but git refuses a repository of another owner (git-config(1), `safe.directory`).
    private let isForeign: Bool
    /// Whether it is accessible, but its default access control list (acl(5)) closes new files in it.
    private let closesNewFiles: Bool

    /// Creates a closed place when `status` denies `user` one of the permissions in `needed` (read 4, write 2, search
    /// 1); `nil` otherwise.
    ///
    /// - Parameter mustOwn: Whether the file of another user is closed as well.
    init?(_ place: FilePath, _ status: stat, needed: mode_t, user: FileOwner, mustOwn: Bool = false) {
        isForeign = !Self.isClosed(status, needed: needed, to: user)
        guard !isForeign || mustOwn && status.st_uid != user.userID else { return nil }
        (self.place, owner, self.user) = (place, status.st_uid, user.userID)
        (isDirectory, closesNewFiles) = (FileKind(mode: status.st_mode) == .directory, false)
    }

    /// Creates a directory whose new files are closed to their owner.
    init(_ place: FilePath, closingNewFilesTo user: FileOwner, owner: UInt32) {
        (self.place, self.owner, self.user) = (place, owner, user.userID)
        (isDirectory, isForeign, closesNewFiles) = (true, false, true)
    }

    /// Whether the mode denies `user` one of the permissions in `needed`; root is denied nothing.
    static func isClosed(_ status: stat, needed: mode_t, to user: FileOwner) -> Bool {
        guard user.userID != 0 else { return false }
        let shift: mode_t = status.st_uid == user.userID ? 6 : status.st_gid == user.groupID ? 3 : 0
        return status.st_mode >> shift & needed != needed
    }

    /// The reason why the path is inaccessible, and the command that opens it.
    var sentence: String {
        let word = place.shellWord
        if closesNewFiles {
            return "'\(place)' has a default access control list that closes new files to their owner (`setfacl -k "
                + "\(word)` removes it)"
        }
        return owner == user
            ? "'\(place)' is closed to its owner by its mode (`chmod u+rw\(isDirectory ? "x" : "") \(word)` opens it)"
            : "'\(place)' belongs to UID \(owner) and \(isForeign ? "git refuses it to" : "is closed to") UID \(user) "
                + "(`sudo chown -R \(user) \(word)` gives it back)"
    }

    /// What git does because of it.
    var consequence: String {
        closesNewFiles ? "git cannot read what it writes there" : "git takes another repository or none"
    }

    /// Whether this process can open it: root, or its owner.
    private var isRepairable: Bool { geteuid() == 0 || owner == geteuid() }

    /// What a repair does with it.
    var repair: String {
        isRepairable
            ? "`opencode-docker projects repair` does that, too"
            : "`opencode-docker projects repair` can only move it aside"
    }

    /// The reason for a repair.
    var why: String {
        if closesNewFiles { return "its default access control list closes new files to their owner" }
        return isRepairable
            ? "it is closed to the user of the project"
            : "it belongs to UID \(owner): `sudo chown -R \(user) \(place.shellWord)` gives it back, and only root can"
    }
}

extension GitDirectory {
    /// The first path that git has to search or read and that is inaccessible to `user`.
    func closed(to user: FileOwner) -> ClosedPlace? {
        // In the user's own project git writes to its repository; another user's may be there to be read only.
        let (isOwn, search): (Bool, mode_t) = isOwnTree(of: user) ? (true, 3) : (false, 1)
        let directories = [path] + linkedDirectories
        let files: [(name: FilePath, permissions: mode_t)] = [
            ("HEAD", 4), ("objects", search), ("refs", search), ("refs/heads", search), ("index", 4),
            ("packed-refs", 4), ("logs", search), ("objects/pack", search),
        ]
        let needed =
            directories.map { (file: $0, permissions: mode_t(isOwn ? 7 : 5), mustOwn: isOwn) }
            + files.map { (path.pushing($0.name), $0.permissions, false) }
        for (file, permissions, mustOwn) in needed {
            guard let status = (try? tree.status(file)).flatMap(\.self) else { continue }
            let kind = FileKind(mode: status.st_mode)
            guard kind == .file || kind == .directory else { continue }
            let place = tree.place(file)
            if let closed = ClosedPlace(place, status, needed: permissions, user: user, mustOwn: mustOwn) {
                return closed
            }
            if isOwn, kind == .directory, tree.hasClosingList(file) {
                return ClosedPlace(place, closingNewFilesTo: user, owner: status.st_uid)
            }
        }
        return nil
    }

    /// Whether the tree belongs to `user`, whose git then accepts only an own repository in it.
    private func isOwnTree(of user: FileOwner) -> Bool {
        (try? tree.status("")).flatMap(\.self)?.st_uid == user.userID
    }

    /// The first path of another kind than git needs, such as a FIFO, on which git waits for ever.
    var obstacle: GuardObstacle? {
        let needed: [(file: FilePath, kind: FileKind)] =
            [
                (path.appending("HEAD"), .file), (path.appending("objects"), .directory),
                (path.appending("refs"), .directory), (path.appending("packed-refs"), .file),
            ] + ([path] + linkedDirectories).map { ($0.appending("index"), .file) }
        for (file, kind) in needed {
            guard let found = try? tree.kind(file), ![kind, .link, .nothing].contains(found) else { continue }
            return GuardObstacle(place: tree.place(file), why: "it is \(found.words), where git needs \(kind.words)")
        }
        return nil
    }
}

extension GitGuard {
    /// The user who runs git in the project: the caller, or the project's owner when the caller is root.
    var user: FileOwner { Self.user(of: trees, rules) }

    /// The user for `trees`, the first of which is the workspace. Its owner at the first start counts: a container can
    /// give it to another user of the host.
    static func user(of trees: [GuardedTree], _ rules: RepositoryRules) -> FileOwner {
        guard geteuid() == 0 else { return FileOwner(userID: geteuid(), groupID: getegid()) }
        return rules.owner?.recorded ?? owner(of: trees)
    }

    private static func owner(of trees: [GuardedTree]) -> FileOwner {
        let status = trees.first.flatMap { try? $0.tree.status("") }.flatMap(\.self)
        return FileOwner(userID: status?.st_uid ?? 0, groupID: status?.st_gid ?? 0)
    }

    /// Says that the project belongs to another user than at its first start.
    mutating func noteOwner() {
        guard geteuid() == 0, let (recorded, file) = rules.owner, let path = trees.first?.tree.path else { return }
        let owner = Self.owner(of: trees)
        guard owner.userID != recorded.userID else { return }
        oddities.append(
            "'\(path)' belongs to UID \(owner.userID), and at its first start it belonged to UID \(recorded.userID); "
                + "a container can have changed that (`chown \(recorded.userID) \(path.shellWord)` gives it back; if it "
                + "is right, `rm \(file.shellWord)`)")
    }

    /// Records a repository that git cannot use, or its user cannot access: the start continues, and a repair moves the
    /// file aside, or opens the repository.
    mutating func noteClosed(_ directory: GitDirectory) {
        if let obstacle = directory.obstacle {
            oddities.append("'\(obstacle.place)': \(obstacle.why); `opencode-docker projects repair` moves it aside")
            obstacles?.append(obstacle)
        }
        guard let closed = directory.closed(to: user) else { return }
        oddities.append("\(closed.sentence); \(closed.repair)")
        obstacles?.append(GuardObstacle(place: closed.place, why: closed.why))
    }
}
