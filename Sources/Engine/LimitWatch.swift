// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import Synchronization
import SystemPackage

/// Records which limits a container reaches. The runtime removes the control groups together with the container, so
/// their counters are read while it runs: a thread waits until the kernel reports a change, and needs no time otherwise.
package final class LimitWatch: Sendable {
    private let recorded = Mutex(LimitEvents())
    private let isOver = Atomic(false)
    private let stop = try? AnonymousPipe()

    /// Creates a watch that has not begun.
    package init() {}

    deinit { for end in [stop?.reader, stop?.writer] { try? end?.close() } }

    /// The events so far.
    package var events: LimitEvents { recorded.withLock { $0 } }

    /// Begins to wait for the container's control groups.
    ///
    /// - Parameter paths: The paths that the group may have below the root of a hierarchy; `nil` while unknown.
    package func begin(_ paths: @escaping @Sendable () -> [String]?) {
        BackgroundThread.detach { [self] in
            var known: [String]?
            // Groups are created within the first seconds, or the container never starts.
            for attempt in 1...2000 where !isOver.load(ordering: .relaxed) {
                known = known ?? paths()
                if let known, let files = WatchedFiles(anyOf: known) { return follow(files) }
                usleep(attempt < 500 ? 2000 : 20_000)
            }
        }
    }

    /// Ends the watch.
    package func end() {
        isOver.store(true, ordering: .relaxed)
        _ = try? stop?.writer.writeAll([0])
    }

    private func follow(_ files: WatchedFiles) {
        defer { files.close() }
        repeat {
            guard let events = files.read() else { return }
            recorded.withLock { $0 = events }
        } while files.wait(orUntil: stop?.reader.rawValue ?? -1) && !isOver.load(ordering: .relaxed)
    }
}

/// The open counters of one container's control groups.
private final class WatchedFiles {
    private let memory, processes, old: Int32
    /// Signalled by the kernel before it kills at the limit of the old memory controller (cgroup-v1/memory.rst, "OOM
    /// Control").
    private let alarm: Int32
    /// Whether the controller of processes is the old one, which reports no changes: its counter is read repeatedly, and
    /// when the container's first process ends, before the runtime removes the group.
    private let isCounterSilent: Bool
    /// The processes of the group.
    private let members: Int32
    private var first: Int32 = -1
    private var events = LimitEvents()

    /// Opens the counters of the first existing group; `nil` when there is none.
    init?(anyOf paths: [String]) {
        memory = Self.open(paths, "", "memory.events")
        let unified = Self.open(paths, "", "pids.events")
        isCounterSilent = unified < 0
        processes = unified >= 0 ? unified : Self.open(paths, "/pids", "pids.events")
        old = Self.open(paths, "/memory", "memory.oom_control")
        alarm = old < 0 ? -1 : clinux_event()
        let listed = Self.open(paths, "", "cgroup.procs")
        members = listed >= 0 ? listed : Self.open(paths, "/pids", "cgroup.procs")
        // The groups of the old controllers are created one after the other.
        guard processes >= 0, memory >= 0 || old >= 0 else {
            close()
            return nil
        }
        let control = Self.open(paths, "/memory", "cgroup.event_control", O_WRONLY)
        guard control >= 0 else { return }
        let request = Array("\(alarm) \(old)".utf8)
        _ = write(control, request, request.count)
        _ = Glibc.close(control)
    }

    private static func open(
        _ paths: [String], _ controller: String, _ name: String, _ mode: Int32 = O_RDONLY
    ) -> Int32 {
        for path in paths {
            let file = Glibc.open("/sys/fs/cgroup\(controller)/\(path)/\(name)", mode | O_CLOEXEC)
            if file >= 0 { return file }
        }
        return -1
    }

    /// Reads the counters; `nil` when the groups were removed.
    func read() -> LimitEvents? {
        guard let text = Self.text(of: processes) else { return nil }
        events.add(pidsEvents: text)
        if let text = Self.text(of: memory) { events.add(memoryEvents: text) }
        if first < 0 { first = Self.text(of: members).map(Self.firstProcess) ?? -1 }
        return events
    }

    /// The oldest process of a list; that of a runtime, which ends before, is followed by the container's own.
    private static func firstProcess(_ text: String) -> Int32 {
        guard let pid = text.split(whereSeparator: \.isWhitespace).compactMap({ Int32($0) }).min() else { return -1 }
        return clinux_process(pid)
    }

    /// Waits for a change; returns `false` when there will be none, or `end` can be read.
    func wait(orUntil end: Int32) -> Bool {
        let changed = Int16(POLLPRI)
        var requests = [
            pollfd(fd: end, events: Int16(POLLIN), revents: 0), pollfd(fd: alarm, events: Int16(POLLIN), revents: 0),
            pollfd(fd: memory, events: changed, revents: 0), pollfd(fd: processes, events: changed, revents: 0),
            pollfd(fd: first, events: Int16(POLLIN), revents: 0),
        ]
        // A group without a process so far is examined again, and so is a counter that reports no changes.
        let pause: Int32 = first < 0 ? 20 : isCounterSilent ? 200 : -1
        while poll(&requests, nfds_t(requests.count), pause) < 0 {
            guard errno == EINTR else { return false }
        }
        guard requests[0].revents == 0 else { return false }
        if requests[4].revents != 0 {
            _ = Glibc.close(first)
            first = -1
        }
        guard requests[1].revents != 0 else { return true }
        var count: UInt64 = 0
        _ = Glibc.read(alarm, &count, 8)
        // The removal of the group is signalled as well, after that of its files.
        guard Self.text(of: old) != nil else { return false }
        events.memory = true
        return true
    }

    private static func text(of file: Int32) -> String? {
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = file < 0 ? -1 : pread(file, &buffer, buffer.count, 0)
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }

    func close() {
        for file in [memory, processes, old, alarm, members, first] where file >= 0 { _ = Glibc.close(file) }
    }
}
