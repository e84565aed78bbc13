// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

extension ContainerTree {
    /// What a removal left behind.
    package struct Remainder: Hashable, Sendable {
        /// The first thing that could not be removed.
        package let path: FilePath
        /// The kernel's answer; `.improperLink` for a mount point.
        package let errno: Errno
        /// The owner of the directory that refused it, where that is somebody else than the caller.
        package let owner: UInt32?

        /// Whether something is mounted there.
        var isMountPoint: Bool { errno == .improperLink || errno == .resourceBusy }

        /// A remainder.
        package init(path: FilePath, errno: Errno, owner: UInt32?) {
            self.path = path
            self.errno = errno
            self.owner = owner
        }
    }

    /// Removes everything in the tree but the tree itself and what `kept` names at its top: without following a link,
    /// to any depth, across no mount point. What cannot be removed is left, and everything else is removed all the
    /// same.
    ///
    /// - Returns: What is left first; `nil` when nothing is.
    /// - Throws: `FileError`, when the tree cannot be opened.
    package func removeContents(keeping kept: Set<String> = []) throws -> Remainder? {
        let top = try mapErrno("remove", path) { try open("", O_RDONLY | O_DIRECTORY) }
        var removal = TreeRemoval(kept: Set(kept.map { Array($0.utf8CString) }))
        removal.run(top, path)
        return removal.remainder
    }
}

/// The removal of what a container wrote.
///
/// No more directories than `TreeRemoval.depth` are open: what is deeper is moved up into the top directory first,
/// under a name of its own, and is removed from there.
struct TreeRemoval: ~Copyable {
    /// A name with the NUL behind it, as system calls take it.
    typealias Name = [CChar]

    private struct Frame {
        let descriptor: FileDescriptor
        let name: Name
        var waiting: [Name] = []
        /// Whether something was removed since the directory was read from its beginning.
        var isChanged = false
        var isAtEnd = false
        /// Names that stay, so that they are tried once.
        var stuck: Set<Name> = []
    }

    private static let depth = 64
    /// The most names that a directory may refuse before the rest of it is left.
    private static let stuckLimit = 1000
    private let kept: Set<Name>
    private(set) var remainder: ContainerTree.Remainder?
    private var frames: [Frame] = []
    private var place = FilePath()
    private var moved: UInt64 = 0
    private let entries = TreeEntries()

    init(kept: Set<Name>) { self.kept = kept }

    deinit { for frame in frames { try? frame.descriptor.close() } }

    /// Empties `directory`, which is closed.
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

    /// Reads the next names of the last directory. One that was changed meanwhile is read again from its beginning.
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
        // Linux says that it is a directory, POSIX that it is not permitted.
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
        // A directory whose `..` changes has to be writable (rename(2)).
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

    /// Removes the directory that was emptied, and goes on in the one above.
    private mutating func leave(_ frame: Frame) {
        try? frame.descriptor.close()
        guard let above = frames.last else { return }
        let isGone = unlinkat(above.descriptor.rawValue, frame.name, AT_REMOVEDIR) == 0
        guard isGone || errno == ENOENT else { return keep(frame.name, Errno(rawValue: errno)) }
        frames[frames.count - 1].isChanged = true
    }

    /// Leaves `name` in the last directory.
    private mutating func keep(_ name: Name, _ failure: Errno) {
        let last = frames.count - 1
        frames[last].stuck.insert(name)
        note(name, failure)
        guard frames[last].stuck.count > Self.stuckLimit else { return }
        frames[last].waiting = []
        frames[last].isAtEnd = true
    }

    /// The first failure is the cause of those after it: directories above are not empty.
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
    /// Opens a directory. Its owner may have to give themselves the permission first, by handle: no link is followed.
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

    /// Lets its owner read and write an open directory.
    private static func open(toCaller directory: FileDescriptor) {
        guard let status = try? ContainerTree.status(of: directory), status.st_mode & 0o700 != 0o700 else { return }
        if status.st_uid == geteuid() { fchmod(directory.rawValue, 0o700) }
    }
}

extension FilePath {
    /// The path with these bytes; what is behind a NUL is left out.
    init(bytes: some Sequence<UInt8>) { self.init(platformString: bytes.map { CChar(bitPattern: $0) } + [0]) }
}
