// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// A directory of the host that may be mounted, by its checked real path.
package struct MountableDirectory: Hashable, Sendable {
    /// The real path: absolute, UTF-8, without control characters.
    package let path: FilePath
    /// The path as text.
    package let text: String
    /// The owner's UID.
    package let ownerID: UInt32
    /// The GID.
    package let groupID: UInt32
    /// The permissions, as stat(2) has them.
    package let mode: UInt32
    /// The identity of the directory.
    package let identity: FileIdentity

    /// Resolves `asked` and checks the directory.
    ///
    /// - Parameter isRepository: Whether it is a repository's own directory, which is mounted only with its guard.
    /// - Throws: `RunError.unreachable`, `.notDirectory`, `.oddName`, `.protected`, `.protectedWithin`,
    ///   `.variableWithin`.
    package init(_ asked: FilePath, protected: ProtectedPaths, isRepository: Bool = false) throws(RunError) {
        let real = try RealPath.of(asked, followingNoLinkIn: protected.written)
        var status = stat()
        guard real.withPlatformString({ lstat($0, &status) }) == 0 else {
            throw .unreachable(asked, Errno(rawValue: errno))
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .notDirectory(asked, Self.kind(status.st_mode)) }
        if !isRepository, real.components.contains(".git") {
            throw .protected(
                asked: asked, real: real, why: "it is part of a repository, which git executes things from")
        }
        if let refusal = protected.refusal(of: real) {
            if let place = refusal.place, let name = protected.name(of: place, in: real) {
                throw .protectedWithin(real, place: place, name: name)
            }
            if let place = refusal.place, let variable = refusal.variable {
                throw .variableWithin(real, place: place, variable: variable)
            }
            throw .protected(asked: asked, real: real, why: refusal.why)
        }
        guard let text = String(validating: real) else { throw .oddName(real, "its name is not UTF-8") }
        guard text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
            throw .oddName(real, "its name contains control characters")
        }
        path = real
        self.text = text
        ownerID = status.st_uid
        groupID = status.st_gid
        mode = status.st_mode & 0o7777
        identity = FileIdentity(status)
    }

    /// Why the user cannot write to the directory; `nil` when they can.
    func obstacle(to user: UInt32) -> String? {
        if user != 0, ownerID == user, mode & UInt32(S_IWUSR) == 0 {
            return "its mode denies its owner to write (`chmod u+w` permits it)"
        }
        guard faccessat(AT_FDCWD, text, W_OK, AT_EACCESS) != 0 else { return nil }
        let failure = Errno(rawValue: errno)
        guard failure != .readOnlyFileSystem else { return "its file system is" }
        return ownerID == user ? "\(failure)" : "it belongs to UID \(ownerID), and UID \(user) cannot write to it"
    }

    private static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFSOCK: "a socket"
        case S_IFIFO: "a pipe"
        case S_IFREG: "a file"
        case S_IFBLK, S_IFCHR: "a device"
        default: "something else"
        }
    }
}

/// A directory beside the workspace, from `--add-dir DIR[:ro]`.
package struct AddedDirectory: Hashable, Sendable {
    /// The requested path.
    package let path: FilePath
    /// Whether it is read-only.
    package let readOnly: Bool

    /// A writable directory with exactly that name.
    package init(path: FilePath) { (self.path, readOnly) = (path, false) }

    /// Parses `DIR`, `DIR:ro` or `DIR:rw`; any other colon is part of the name.
    package init(_ text: String) {
        let readOnly = text.utf8.suffix(3).elementsEqual(":ro".utf8)
        let isMarked = readOnly || text.utf8.suffix(3).elementsEqual(":rw".utf8)
        path = FilePath(isMarked ? String(text.dropLast(3)) : text)
        self.readOnly = readOnly
    }
}
