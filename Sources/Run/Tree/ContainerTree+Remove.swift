// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

extension ContainerTree {
    /// The rest of an incomplete removal.
    package struct Remainder: Hashable, Sendable {
        /// The first path that could not be removed.
        package let path: FilePath
        /// The kernel's error; `.improperLink` for a mount point.
        package let errno: Errno
        /// The owner of the directory that denied the removal, if it is another user.
        package let owner: UInt32?

        /// Whether the path is a mount point.
        var isMountPoint: Bool { errno == .improperLink || errno == .resourceBusy }

        /// Creates a remainder.
        package init(path: FilePath, errno: Errno, owner: UInt32?) {
            self.path = path
            self.errno = errno
            self.owner = owner
        }
    }

    /// Removes the contents of the tree except the names in `kept` at its top: without following links, to any depth,
    /// and not across mount points. After a failure the removal continues with the other files.
    ///
    /// - Returns: The first remaining path; `nil` when everything was removed.
    /// - Throws: `FileError` when the tree cannot be opened.
    package func removeContents(keeping kept: Set<String> = []) throws -> Remainder? {
        let top = try mapErrno("remove", path) { try open("", O_RDONLY | O_DIRECTORY) }
        var removal = TreeRemoval(kept: Set(kept.map { Array($0.utf8CString) }))
        removal.run(top, path)
        return removal.remainder
    }
}

/// Removes files that a container wrote.
///
/// At most `TreeRemoval.depth` directories are open: a deeper one is first moved to the top directory under a unique
/// name, and removed from there.
struct TreeRemoval: ~Copyable {
    /// A NUL-terminated name, as system calls take it.
    typealias Name = [CChar]

    private struct Frame {
        let descriptor: FileDescriptor
        let name: Name
        var waiting: [Name] = []
        /// Whether entries were removed since the directory was read from its beginning.
        var isChanged = false
        var isAtEnd = false
        /// Names that could not be removed, so that each is tried once.
        var stuck: Set<Name> = []
    }

    private static let depth = 64
    /// The maximum number of failures in a directory before the rest of it is skipped.
    private static let stuckLimit = 1000
    private let kept: Set<Name>
    private(set) var remainder: ContainerTree.Remainder?
    private var frames: [Frame] = []
    private var place = FilePath()
    private var moved: UInt64 = 0
    private let entries = TreeEntries()

    init(kept: Set<Name>) { self.kept = kept }

    deinit { for frame in frames { try? frame.descriptor.close() } }

    /// Empties `directory`, and closes it.
    mutating func run(_ directory: FileDescriptor, _ path: FilePath) {
        place = path
        Self.open(toCaller: directory)
        frames = [Frame(descriptor: directory, name: [], stuck: kept)]
        while !frames.isEmpty {
            let last = frames.count - 1
            if let name = frames[last].waiting.popLast() {
                remove(name, in: frames[last].descriptor)
            } else if frames[last].isAtEnd {
                leave(frames.removeLast())
            } else {
                read()
            }
        }
    }

    /// Reads the next names of the last directory, which is read again from its beginning if it was changed.
    private mutating func read() {
        let last = frames.count - 1
        let (frame, entries) = (frames[last], entries)
        var names: [Name] = []
        do {
            let isMore = try entries.next(in: frame.descriptor) { entry in
                let name = Array(UnsafeBufferPointer(start: entry.name, count: entry.bytes.count + 1))
                if !frame.stuck.contains(name) { names.append(name) }
                return true
            }
            frames[last].waiting = names
            if isMore { return }
            if frame.isChanged, lseek(frame.descriptor.rawValue, 0, SEEK_SET) == 0 {
                frames[last].isChanged = false
            } else {
                frames[last].isAtEnd = true
            }
        } catch {
            note(nil, error as? Errno ?? .ioError)
            frames[last].isAtEnd = true
        }
    }

    private mutating func remove(_ name: Name, in directory: FileDescriptor) {
        let failure = unlinkat(directory.rawValue, name, 0) == 0 ? nil : Errno(rawValue: errno)
        switch failure {
        case nil, .noSuchFileOrDirectory: frames[frames.count - 1].isChanged = true
        // For a directory, Linux returns EISDIR, POSIX EPERM.
        case .isDirectory, .notPermitted: enter(name, in: directory, otherwise: failure ?? .isDirectory)
        case let failure?: keep(name, failure)
        }
    }

    private mutating func enter(_ name: Name, in directory: FileDescriptor, otherwise failure: Errno) {
        do {
            if frames.count >= Self.depth { return try moveUp(name, from: directory) }
            let opened = try Self.openDirectory(name, in: directory)
            Self.open(toCaller: opened)
            frames.append(Frame(descriptor: opened, name: name))
        } catch Errno.notDirectory { keep(name, failure) } catch { keep(name, error as? Errno ?? .ioError) }
    }

    /// Moves a directory to the top, where it is found again.
    private mutating func moveUp(_ name: Name, from directory: FileDescriptor) throws {
        guard let top = frames.first?.descriptor else { return }
        // A directory that changes its parent must be writable (rename(2)).
        let opened = try Self.openDirectory(name, in: directory)
        try opened.closeAfter { Self.open(toCaller: opened) }
        repeat {
            moved += 1
            let target = ".deep-\(moved)"
            if clinux_rename_exclusively(directory.rawValue, name, top.rawValue, target) == 0 { break }
            guard errno == EEXIST else { throw Errno(rawValue: errno) }
        } while true
        frames[0].isChanged = true
        frames[frames.count - 1].isChanged = true
    }

    /// Removes the emptied directory, and continues in its parent.
    private mutating func leave(_ frame: Frame) {
        try? frame.descriptor.close()
        guard let above = frames.last else { return }
        let isGone = unlinkat(above.descriptor.rawValue, frame.name, AT_REMOVEDIR) == 0
        guard isGone || errno == ENOENT else { return keep(frame.name, Errno(rawValue: errno)) }
        frames[frames.count - 1].isChanged = true
    }

    /// Skips `name` in the last directory.
    private mutating func keep(_ name: Name, _ failure: Errno) {
        let last = frames.count - 1
        frames[last].stuck.insert(name)
        note(name, failure)
        guard frames[last].stuck.count > Self.stuckLimit else { return }
        frames[last].waiting = []
        frames[last].isAtEnd = true
    }

    /// Records only the first failure, which causes later ones: its parents are not empty.
    private mutating func note(_ name: Name?, _ failure: Errno) {
        guard remainder == nil, let directory = frames.last?.descriptor else { return }
        let names = frames.dropFirst().map(\.name) + (name.map { [$0] } ?? [])
        let path = names.reduce(place) { $0.pushing(FilePath(platformString: $1)) }
        remainder = ContainerTree.Remainder(path: path, errno: failure, owner: owner(name, in: directory))
    }

    private func owner(_ name: Name?, in directory: FileDescriptor) -> UInt32? {
        let above = try? ContainerTree.status(of: directory).st_uid
        let own = name.flatMap { name in
            var status = stat()
            let isThere = fstatat(directory.rawValue, name, &status, AT_SYMLINK_NOFOLLOW) == 0
            return isThere && status.st_mode & S_IFMT == S_IFDIR ? status.st_uid : nil
        }
        return [above, own].compactMap(\.self).first { $0 != geteuid() }
    }
}

extension TreeRemoval {
    /// Opens a directory, after its owner has added the permissions if necessary, by handle and without following
    /// links.
    private static func openDirectory(_ name: Name, in directory: FileDescriptor) throws -> FileDescriptor {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let opened = clinux_open_on_mount(directory.rawValue, name, flags)
        if opened >= 0 { return FileDescriptor(rawValue: opened) }
        guard errno == EACCES else { throw Errno(rawValue: errno) }
        let handle = clinux_open_on_mount(directory.rawValue, name, clinux_o_path | O_DIRECTORY | O_NOFOLLOW)
        guard handle >= 0 else { throw Errno(rawValue: errno) }
        return try FileDescriptor(rawValue: handle).closeAfter {
            guard chmod("/proc/self/fd/\(handle)", 0o700) == 0 else { throw Errno.permissionDenied }
            let opened = clinux_open_on_mount(handle, ".", O_RDONLY | O_DIRECTORY)
            guard opened >= 0 else { throw Errno(rawValue: errno) }
            return FileDescriptor(rawValue: opened)
        }
    }

    /// Gives the owner read and write permission on an open directory.
    private static func open(toCaller directory: FileDescriptor) {
        guard let status = try? ContainerTree.status(of: directory), status.st_mode & 0o700 != 0o700 else { return }
        if status.st_uid == geteuid() { fchmod(directory.rawValue, 0o700) }
    }
}

extension FilePath {
    /// The path with these bytes, up to the first NUL.
    init(bytes: some Sequence<UInt8>) { self.init(platformString: bytes.map { CChar(bitPattern: $0) } + [0]) }
}
