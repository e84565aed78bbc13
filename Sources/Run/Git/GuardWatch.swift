// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Synchronization
import SystemPackage

/// Watches the guarded directories while a container runs (inotify(7), by handle), so that a broken guard is reported
/// at once and not only at the end. Directories for which the kernel has no watch left, because other programs or
/// containers of the user took them, are examined once a second.
package final class GuardWatch: Sendable {
    private static let mostDirectories = 4096
    private static let mostSentences = 20
    private static let mostRepairs = 5
    /// The milliseconds between two examinations of directories without a watch.
    private static let interval: Int32 = 1000

    private let queue: Int32
    /// Whether a guarded directory has no watch.
    private let isPolling: Bool
    private let names: [Int32: Set<String>]
    private let record: GuardRecord
    private let tell: @Sendable (String) -> Void
    private let end: @Sendable () -> Void
    private let isStopped = Atomic(false)

    /// Starts to watch the directories of guarded paths.
    ///
    /// - Parameters:
    ///   - tell: Called with each sentence once, on another thread.
    ///   - end: Called when a configuration had to be restored repeatedly, which only a container causes.
    package init(
        _ guarding: GitGuard, record: GuardRecord, tell: @escaping @Sendable (String) -> Void,
        end: @escaping @Sendable () -> Void
    ) {
        let queue = inotify_init1(Int32(IN_CLOEXEC))
        var names: [Int32: Set<String>] = [:]
        var isPolling = false
        for guarded in guarding.trees {
            let directories = Dictionary(grouping: guarded.paths) { $0.path.removingLastComponent() }
            // The project's own repository first.
            let ordered = directories.sorted {
                ($0.key.components.count, $0.key.string) < ($1.key.components.count, $1.key.string)
            }
            for (directory, paths) in ordered {
                guard names.count < Self.mostDirectories, let watch = Self.watch(directory, in: guarded.tree, queue)
                else {
                    isPolling = true
                    break
                }
                guard watch >= 0 else { continue }
                names[watch, default: []].formUnion(paths.compactMap { $0.path.lastComponent?.string })
            }
        }
        (self.queue, self.names, self.isPolling, self.record) = (queue, names, isPolling, record)
        (self.tell, self.end) = (tell, end)
        guard isPolling || !names.isEmpty else { return }
        BackgroundThread.detach { [self] in watch() }
    }

    /// Adds a watch; -1 for a directory that does not exist, `nil` when the kernel refuses one.
    private static func watch(_ directory: FilePath, in tree: ContainerTree, _ queue: Int32) -> Int32? {
        guard let handle = try? tree.locate(directory) else { return -1 }
        defer { try? handle.close() }
        let events = UInt32(IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_CLOSE_WRITE | IN_ONLYDIR)
        let watch = inotify_add_watch(queue, "/proc/self/fd/\(handle.rawValue)", events)
        return watch >= 0 ? watch : nil
    }

    deinit { if queue >= 0 { close(queue) } }

    /// Stops reporting, because the launcher's own removals are not findings.
    ///
    /// Removing the watches wakes the reading thread. The kernel takes some 30 ms to free them, and closing the queue
    /// waits for that: so it begins here, not at the end of the process.
    package func stop() {
        guard !isStopped.exchange(true, ordering: .sequentiallyConsistent) else { return }
        for watch in names.keys { inotify_rm_watch(queue, watch) }
    }

    private func watch() {
        var told: Set<String> = []
        var repairs = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !isStopped.load(ordering: .sequentiallyConsistent) {
            guard let isDue = wait(&buffer) else { return }
            guard isDue, !isStopped.load(ordering: .sequentiallyConsistent) else { continue }
            var restored = record.restore(includingGone: false)
            // A program replaces a file within this time, and a flood of events causes one check.
            usleep(50_000)
            guard !isStopped.load(ordering: .sequentiallyConsistent) else { return restored.forEach(tell) }
            restored += record.restore()
            for sentence in restored where told.insert(sentence).inserted { tell(sentence) }
            repairs += restored.count
            guard repairs < Self.mostRepairs else { return end() }
            for finding in record.findings() where told.count < Self.mostSentences && !told.contains(finding) {
                guard !isStopped.load(ordering: .sequentiallyConsistent) else { return }
                told.insert(finding)
                tell(finding)
            }
        }
    }

    /// Waits for events, or for the next examination. Returns whether the guard is to be examined, and `nil` at the end.
    private func wait(_ buffer: inout [UInt8]) -> Bool? {
        var request = pollfd(fd: queue, events: Int16(POLLIN), revents: 0)
        let ready = poll(&request, 1, isPolling ? Self.interval : -1)
        guard ready > 0 else { return ready == 0 }
        let count = read(queue, &buffer, buffer.count)
        guard count > 0 else { return count < 0 && errno == EINTR ? false : nil }
        return concerns(buffer[..<count])
    }

    /// Whether one of the events names a guarded path, or events were lost.
    private func concerns(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        let size = MemoryLayout<inotify_event>.size
        while rest.count >= size {
            let event = rest.withUnsafeBytes { $0.loadUnaligned(as: inotify_event.self) }
            guard rest.count >= size + Int(event.len) else { return true }
            let name = rest.dropFirst(size).prefix(Int(event.len)).prefix { $0 != 0 }
            if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { return true }
            if names[event.wd]?.contains(String(decoding: name, as: UTF8.self)) == true { return true }
            rest = rest.dropFirst(size + Int(event.len))
        }
        return false
    }
}
