// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Synchronization
import SystemPackage

/// Ends a container that has too many processes, such as those of a fork bomb, whose programs may never end by
/// themselves. Independent of control groups, which an ordinary user does not have; it needs no process of its own.
final class ProcessLimit: Sendable {
    private let scratch: ContainerScratch
    private let limit: Int
    private let reached = Atomic(false)

    init(_ scratch: ContainerScratch, limit: Int) { (self.scratch, self.limit) = (scratch, limit) }

    /// Whether the container was ended.
    var hasEnded: Bool { reached.load(ordering: .relaxed) }

    /// Counts until the task is cancelled.
    func run() async {
        while !hasEnded, (try? await Task.sleep(for: .milliseconds(500))) != nil {
            guard let first = firstProcess, isOver(first) else { continue }
            reached.store(true, ordering: .relaxed)
            // The end of its first process ends all processes of a PID namespace (pid_namespaces(7)).
            kill(first, SIGKILL)
        }
    }

    private var firstProcess: pid_t? {
        guard let bytes = try? Files.read(scratch.processFile, limit: 64) else { return nil }
        return pid_t(String(decoding: bytes, as: UTF8.self)).flatMap { $0 > 1 ? $0 : nil }
    }

    private func isOver(_ first: pid_t) -> Bool {
        if Self.refusals(scratch.identifier) > 0 { return true }
        guard let namespace = Self.namespace(of: "\(first)") else { return false }
        var count = 0
        for name in (try? Files.list("/proc")) ?? [] where name.utf8.first.map({ (48...57).contains($0) }) == true {
            if Self.namespace(of: name) == namespace { count += 1 }
        }
        return count >= limit
    }

    private static func namespace(of process: String) -> String? {
        try? Files.target(of: FilePath("/proc/\(process)/ns/pid"))
    }

    /// The number of processes that the kernel refused because of the control group's limit (its
    /// Documentation/admin-guide/cgroup-v2.rst, `pids.events`); 0 without a control group.
    private static func refusals(_ identifier: String) -> Int {
        for hierarchy in ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"] {
            let file = FilePath(hierarchy).appending(identifier).appending("pids.events")
            guard let bytes = try? Files.read(file, limit: 4096) else { continue }
            let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            return words.firstIndex(of: "max").flatMap { words.dropFirst($0 + 1).first.flatMap { Int($0) } } ?? 0
        }
        return 0
    }
}
