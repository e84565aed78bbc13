// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// A directory tree that a container can write to: the workspace, its repositories, added directories, the persistent
/// home.
///
/// The tree is held open, and everything in it is reached from that handle with openat2(2), beneath it, without
/// following links. A path that a container replaces by a link between two calls is an error, never another file. Paths
/// are relative to the tree; the empty path is the tree itself.
package final class ContainerTree: Sendable {
    /// The path of the tree on the host, for messages and mounts.
    package let path: FilePath
    /// The identity of the open directory.
    package let identity: FileIdentity
    let handle: FileDescriptor

    /// Opens the tree at a real path without symbolic links.
    ///
    /// - Throws: `FileError`.
    package init(_ path: FilePath) throws {
        self.path = path
        let root = try mapErrno("open", path) {
            try FileDescriptor.open("/", .readOnly, options: [.directory, .closeOnExec])
        }
        defer { try? root.close() }
        var below = path
        below.root = nil
        let opened = try mapErrno("open", path) {
            try Self.open(below.isEmpty ? "." : below, beneath: root, clinux_o_path | O_DIRECTORY)
        }
        handle = opened
        identity = FileIdentity(try mapErrno("open", path) { try Self.status(of: opened) })
    }

    /// The tree below an open directory, which the caller still owns.
    ///
    /// - Throws: `Errno`.
    init(_ directory: FileDescriptor, path: FilePath) throws {
        let opened = try Self.open(".", beneath: directory, clinux_o_path | O_DIRECTORY)
        (handle, self.path) = (opened, path)
        identity = FileIdentity(try Self.status(of: opened))
    }

    deinit { try? handle.close() }

    /// The path of `path` on the host, for messages and mounts.
    package func place(_ path: FilePath) -> FilePath { path.isEmpty ? self.path : self.path.pushing(path) }

    /// A handle on `path`, which may be a link: it refers to the file without opening it.
    ///
    /// - Throws: `Errno`.
    func locate(_ path: FilePath) throws -> FileDescriptor {
        try Self.open(path.isEmpty ? "." : path, beneath: handle, clinux_o_path | O_NOFOLLOW)
    }

    /// Opens `path` with the flags of open(2). A FIFO does not block, and a terminal does not become the controlling
    /// one.
    ///
    /// - Throws: `Errno`.
    func open(_ path: FilePath, _ flags: Int32) throws -> FileDescriptor {
        try Self.open(path.isEmpty ? "." : path, beneath: handle, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    }

    /// The parent directory of `path`, and its last component.
    ///
    /// - Throws: `Errno`.
    func withParent<Result>(
        of path: FilePath, _ body: (FileDescriptor, UnsafePointer<CInterop.PlatformChar>) throws -> Result
    ) throws -> Result {
        guard let name = path.lastComponent, name.kind == .regular else { throw Errno.invalidArgument }
        let parent = try open(path.removingLastComponent(), O_RDONLY | O_DIRECTORY)
        return try parent.closeAfter { try name.withPlatformString { try body(parent, $0) } }
    }

    static func open(_ path: FilePath, beneath directory: FileDescriptor, _ flags: Int32) throws -> FileDescriptor {
        let number = path.withPlatformString { clinux_open_beneath(directory.rawValue, $0, flags, 0) }
        guard number >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: number)
    }

    static func status(of file: FileDescriptor) throws -> stat {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        return status
    }
}

/// The kind of a file, as far as it matters here.
package enum FileKind: Hashable, Sendable {
    /// No file.
    case nothing
    /// A regular file.
    case file
    /// A directory.
    case directory
    /// A symbolic link.
    case link
    /// A FIFO, a socket or a device.
    case special

    /// The kind in a mode of stat(2).
    package init(mode: mode_t) {
        self =
            switch mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .special
            }
    }

    /// The kind with its article, for a message.
    package var words: String {
        switch self {
        case .nothing: "nothing"
        case .file: "a file"
        case .directory: "a directory"
        case .link: "a symbolic link"
        case .special: "a FIFO, a socket or a device"
        }
    }
}
