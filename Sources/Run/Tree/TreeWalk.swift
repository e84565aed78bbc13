// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// The limits of a walk. A larger tree is reported as such.
struct TreeLimits: Sendable {
    /// The maximum number of entries.
    var entries = 2_000_000
    /// The maximum size of the names of waiting directories, in bytes.
    var pending = 64 << 20
    /// The maximum length of a path in bytes.
    var path = 8 << 20
    /// The maximum number of open directories.
    var open = 64
}

/// A walk through a directory of a tree that a container wrote: to any depth, without recursion, with few descriptors,
/// without following links.
///
/// It returns through `..` of an open directory, which must be the directory that the walk came from: a container gains
/// nothing by moving a directory during the walk.
struct TreeWalk<Visitor: TreeVisitor>: ~Copyable {
    /// A directory on the path from the top to the current one.
    private struct Frame {
        var descriptor: FileDescriptor?
        let identity: FileIdentity
        let pathLength: Int
        let firstWaiting: Int
    }

    /// The handler of the entries.
    var visitor: Visitor
    private let limits: TreeLimits
    private let crossesMounts: Bool
    private var frames: [Frame] = []
    private var path: [UInt8] = []
    /// The waiting directories of all frames: a NUL-terminated name for each, and a mark.
    private var names: [UInt8] = []
    private var waiting: [(start: Int, mark: Visitor.Mark)] = []
    /// The number of remaining entries.
    private(set) var left: Int
    /// The number of directories that are still entered when no entries remain, and the number of names that are read
    /// for them.
    private var spare: (directories: Int, names: Int)
    private let entries = TreeEntries()

    init(_ visitor: Visitor, limits: TreeLimits = TreeLimits(), crossesMounts: Bool = true) {
        self.visitor = visitor
        self.limits = limits
        self.crossesMounts = crossesMounts
        left = limits.entries
        spare = (limits.entries / 4, limits.entries * 4)
    }

    deinit { for frame in frames { try? frame.descriptor?.close() } }

    /// Walks through the open `directory` and closes it. Several directories may be walked within the same limits.
    ///
    /// - Parameter path: The path of the directory.
    mutating func walk(_ directory: FileDescriptor, path: [UInt8] = [], _ mark: Visitor.Mark) {
        self.path = path
        enter(directory, mark)
        while let frame = frames.last {
            if waiting.count > frame.firstWaiting { descend() } else { ascend() }
        }
    }

    /// Sets the number of remaining entries.
    mutating func allow(_ entries: Int) { left = entries }

    /// Returns the visitor.
    consuming func finish() -> Visitor { visitor }

    /// Lists a directory and makes it the current one.
    private mutating func enter(_ directory: FileDescriptor, _ mark: Visitor.Mark) {
        var mark = mark
        let first = waiting.count
        do {
            let identity = FileIdentity(try ContainerTree.status(of: directory))
            frames.append(
                Frame(descriptor: directory, identity: identity, pathLength: path.count, firstWaiting: first))
        } catch {
            try? directory.close()
            return visitor.missed(path, .moved)
        }
        let place = TreeDirectory(descriptor: directory, path: path)
        do {
            while try list(place, &mark) {}
        } catch { visitor.missed(path, .refused(error as? Errno ?? .ioError)) }
        visitor.listed(place, mark)
        let distant = frames.count - 1 - limits.open
        if distant >= 0 { close(distant) }
    }

    private mutating func list(_ place: TreeDirectory, _ mark: inout Visitor.Mark) throws -> Bool {
        let entries = entries
        return try entries.next(in: place.descriptor) { entry in
            if left > 0 {
                left -= 1
            } else {
                // Subdirectories matter more than the files beside them.
                visitor.missed(path, .limit)
                spare.names -= 1
                guard spare.names > 0, spare.directories > 0 else { return false }
                guard entry.isDirectory == true else { return true }
                spare.directories -= 1
            }
            look(entry, place, &mark)
            return true
        }
    }

    private mutating func look(_ found: TreeEntries.Entry, _ place: TreeDirectory, _ mark: inout Visitor.Mark) {
        var status = stat()
        guard fstatat(place.descriptor.rawValue, found.name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno != ENOENT { visitor.missed(path, .refused(Errno(rawValue: errno))) }
            return
        }
        let entry = TreeEntry(directory: place, name: found.name, bytes: found.bytes, status: status)
        guard let below = visitor.visit(entry, in: &mark), status.st_mode & S_IFMT == S_IFDIR else { return }
        guard names.count + found.bytes.count < limits.pending, path.count + found.bytes.count < limits.path else {
            return visitor.missed(entry.path, .limit)
        }
        waiting.append((names.count, below))
        names += found.bytes
        names.append(0)
    }

    /// Enters the last waiting directory.
    private mutating func descend() {
        guard let (start, mark) = waiting.popLast(), let frame = frames.last else { return }
        let name = Array(names[start...])
        names.removeSubrange(start...)
        guard let above = frame.descriptor else { return visitor.missed(path, .moved) }
        if !path.isEmpty { path.append(UInt8(ascii: "/")) }
        path += name.dropLast()
        guard !visitor.putsOff(path, mark) else { return path.removeSubrange(frame.pathLength...) }
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let opened = name.withUnsafeBytes { raw in
            let text = raw.assumingMemoryBound(to: CChar.self).baseAddress
            return crossesMounts
                ? clinux_open_beneath(above.rawValue, text, flags, 0)
                : clinux_open_on_mount(above.rawValue, text, flags)
        }
        let failure = Errno(rawValue: errno)
        if opened >= 0 { return enter(FileDescriptor(rawValue: opened), mark) }
        if failure != .noSuchFileOrDirectory { visitor.missed(path, .refused(failure)) }
        path.removeSubrange(frame.pathLength...)
    }

    /// Returns to the parent directory, which is opened again if it was closed on the way down.
    private mutating func ascend() {
        guard let frame = frames.popLast() else { return }
        defer { try? frame.descriptor?.close() }
        guard let above = frames.last else { return }
        path.removeSubrange(above.pathLength...)
        guard above.descriptor == nil, waiting.count > above.firstWaiting || frames.count > 1 else { return }
        if let opened = frame.descriptor.flatMap({ Self.parent(of: $0, above.identity) }) {
            frames[frames.count - 1].descriptor = opened
        } else {
            abandon()
        }
    }

    private static func parent(of directory: FileDescriptor, _ identity: FileIdentity) -> FileDescriptor? {
        let number = openat(directory.rawValue, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { return nil }
        let parent = FileDescriptor(rawValue: number)
        if let status = try? ContainerTree.status(of: parent), FileIdentity(status) == identity { return parent }
        try? parent.close()
        return nil
    }

    /// Gives up the directories on the path whose descriptors are closed, and reports them.
    private mutating func abandon() {
        while let frame = frames.last, frame.descriptor == nil {
            path.removeSubrange(frame.pathLength...)
            if waiting.count > frame.firstWaiting { visitor.missed(path, .moved) }
            if let first = waiting.dropFirst(frame.firstWaiting).first { names.removeSubrange(first.start...) }
            waiting.removeSubrange(frame.firstWaiting...)
            frames.removeLast()
        }
    }

    private mutating func close(_ index: Int) {
        try? frames[index].descriptor?.close()
        frames[index].descriptor = nil
    }
}
