// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

extension ContainerTree {
    /// The stat(2) result of `path`, without following a link in the last component; `nil` when it does not exist.
    ///
    /// - Throws: `FileError`, also when a parent is a link or a file.
    package func status(_ path: FilePath) throws -> stat? {
        try mapErrno("look at", place(path)) {
            do {
                let file = try locate(path)
                return try file.closeAfter { try Self.status(of: file) }
            } catch Errno.noSuchFileOrDirectory { return nil }
        }
    }

    /// The kind of `path`, without following a link.
    ///
    /// - Throws: `FileError`, also when a parent is a link or a file.
    package func kind(_ path: FilePath) throws -> FileKind {
        try status(path).map { FileKind(mode: $0.st_mode) } ?? .nothing
    }

    /// The device and inode of `path`; `nil` when it does not exist.
    ///
    /// - Throws: `FileError`.
    package func identity(_ path: FilePath) throws -> FileIdentity? { try status(path).map { FileIdentity($0) } }

    /// Whether this process can create files in the directory `path`; `true` when that cannot be determined.
    func isWritable(_ path: FilePath) -> Bool {
        guard let directory = try? open(path, O_RDONLY | O_DIRECTORY) else { return true }
        defer { try? directory.close() }
        return faccessat(directory.rawValue, ".", W_OK, AT_EACCESS) == 0
    }

    /// The bytes of the regular file `path`.
    ///
    /// - Throws: `FileError`: `.fileTooLarge` above `limit`, `.invalidArgument` for another kind of file.
    package func read(_ path: FilePath, limit: Int) throws -> [UInt8] {
        try mapErrno("read", place(path)) {
            let file = try open(path, O_RDONLY)
            return try file.closeAfter {
                guard try Self.status(of: file).st_mode & S_IFMT == S_IFREG else { throw Errno.invalidArgument }
                return try file.readToEnd(limit: limit)
            }
        }
    }

    /// The target of the link `path`.
    ///
    /// - Throws: `Errno`, also for another kind of file.
    func target(_ path: FilePath) throws -> FilePath {
        let link = try locate(path)
        return try link.closeAfter {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = readlinkat(link.rawValue, "", &buffer, buffer.count)
            guard count >= 0 else { throw Errno(rawValue: errno) }
            return FilePath(bytes: buffer[..<count].map { UInt8(bitPattern: $0) })
        }
    }

    /// The first link on `path`, its last component included; `nil` when there is none before the path ends.
    func firstLink(on path: FilePath) -> (path: FilePath, status: stat)? {
        var place = FilePath()
        for component in path.components {
            place.append(component)
            guard let status = (try? status(place)).flatMap(\.self) else { return nil }
            if FileKind(mode: status.st_mode) == .link { return (place, status) }
        }
        return nil
    }

    /// The bytes of the regular file `path`, at most `limit`; `nil` for any failure.
    package func bytes(_ path: FilePath, limit: Int) -> [UInt8]? { try? read(path, limit: limit) }

    /// The names in the directory `path`, in byte order, which need not be UTF-8; at most `limit` of them.
    ///
    /// - Throws: `FileError`: `.outOfRange` above `limit`, `.notDirectory` for another kind of file.
    package func names(_ path: FilePath, limit: Int = 1 << 20) throws -> [FilePath.Component] {
        try mapErrno("list", place(path)) {
            let directory = try open(path, O_RDONLY | O_DIRECTORY)
            return try DirectoryEntries.read(directory, limit: limit).map(\.name).sorted {
                FilePath(root: nil, [$0]).bytes.lexicographicallyPrecedes(FilePath(root: nil, [$1]).bytes)
            }
        }
    }
}

/// The entries of a directory.
struct DirectoryEntries {
    /// One entry, with the kind according to readdir(3); `nil` when the file system does not report it.
    struct Entry {
        let name: FilePath.Component
        let kind: FileKind?
    }

    /// The entries of `directory` except `.` and `..`, in the order of the file system. Closes the descriptor.
    ///
    /// - Throws: `Errno`; `.outOfRange` above `limit`.
    static func read(_ directory: FileDescriptor, limit: Int) throws -> [Entry] {
        guard let stream = fdopendir(directory.rawValue) else {
            let failure = Errno(rawValue: errno)
            try? directory.close()
            throw failure
        }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while let entry = readdir(stream) {
            let path = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CInterop.PlatformChar.self, capacity: Int(NAME_MAX) + 1) {
                    FilePath(platformString: $0)
                }
            }
            guard let name = path.lastComponent, name.kind == .regular else { continue }
            guard entries.count < limit else { throw Errno.outOfRange }
            entries.append(Entry(name: name, kind: Self.kind(entry.pointee.d_type)))
        }
        return entries
    }

    private static func kind(_ type: UInt8) -> FileKind? {
        switch Int(type) {
        case Int(DT_UNKNOWN): nil
        case Int(DT_REG): .file
        case Int(DT_DIR): .directory
        case Int(DT_LNK): .link
        default: .special
        }
    }
}

extension FilePath {
    /// The bytes of the path.
    var bytes: [UInt8] {
        withPlatformString { text in
            UnsafeBufferPointer(start: text, count: length).map { UInt8(bitPattern: $0) }
        }
    }
}

extension FileIdentity {
    /// The identity in a stat(2) result.
    package init(_ status: stat) {
        self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}

extension ContainerTree {
    /// A handle on the target of `path`, following links within the tree, without opening the file.
    ///
    /// - Throws: `Errno`; `.improperLink` when the target is outside of the tree.
    func follow(_ path: FilePath) throws(Errno) -> FileDescriptor {
        let number = path.withPlatformString { clinux_follow_beneath(handle.rawValue, $0) }
        guard number >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: number)
    }

    /// The path after following links in the tree; `nil` when they lead out of it or to nothing.
    func followed(_ path: FilePath) -> FilePath? {
        guard let found = try? follow(path) else { return nil }
        defer { try? found.close() }
        guard var place = try? Files.targetPath(of: FilePath("/proc/self/fd/\(found.rawValue)")) else { return nil }
        return place.removePrefix(self.path) && !place.isEmpty && place != path ? place : nil
    }
}
