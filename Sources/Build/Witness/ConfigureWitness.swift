// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Glibc
import Synchronization
import SystemPackage

/// Notes who was at work when during the configure step, so that a file of the state layers can be told from whom it is.
///
/// dpkg says "Setting up NAME" before it runs NAME's script, and each file has the time of its last change of status: the
/// script is the one at work then. Lines come through pipes, a little late; `ScriptFinder` makes up for it.
package final class ConfigureWitness: Sendable {
    /// Who was at work.
    package enum Worker: Hashable, Sendable {
        /// The `postinst` of a package that is set up.
        case configuring(package: String)
        /// The `postinst` of a package that deals with triggers.
        case triggered(package: String)
        /// The `preinst` of a package.
        case preparing(package: String)
        /// The configure program itself, with what it said last.
        case program(doing: String)
    }

    private let now: @Sendable () -> Int64
    private let notes = Mutex<(events: [WorkingTimes.Event], changes: [ArchivePath: Int64])>(([], [:]))

    /// A witness with a clock.
    ///
    /// - Parameter now: Nanoseconds since 1970, by the clock that the kernel dates files with.
    package init(now: @escaping @Sendable () -> Int64) { self.now = now }

    /// Who has worked when.
    var events: [WorkingTimes.Event] { notes.withLock { $0.events } }

    /// When the file at `path` was last changed; `nil` when the step left no such file.
    func change(of path: ArchivePath) -> Int64? { notes.withLock { $0.changes[path] } }

    /// Takes note of a line that the step printed.
    func hear(_ line: String) {
        guard let worker = Worker(line: line) else { return }
        let event = WorkingTimes.Event(time: now(), worker: worker)
        notes.withLock { $0.events.append(event) }
    }

    /// Takes note of when each file below `upper` was changed.
    ///
    /// - Throws: `FileError`, `ArchiveError`.
    func look(at upper: FilePath) throws {
        var changes: [ArchivePath: Int64] = [:]
        var waiting: [ArchivePath] = [.root]
        while let folder = waiting.popLast() {
            let place = folder.isRoot ? upper : upper.pushing(FilePath(folder.string))
            for name in try Files.list(place) {
                let path = try folder.appending(name)
                let status = try Files.status(of: place.appending(name))
                changes[path] = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
                if status.st_mode & S_IFMT == S_IFDIR { waiting.append(path) }
            }
        }
        notes.withLock { [changes] in $0.changes = changes }
    }
}

extension ConfigureWitness.Worker {
    /// Reads what dpkg and the configure program print when somebody begins; `nil` for any other line.
    init?(line: String) {
        // Before it in the line may stand what a script writes in pieces.
        func word(after phrase: String) -> String? {
            guard let found = line.firstRange(of: phrase) else { return nil }
            let name = line[found.upperBound...].prefix { $0 != " " && $0 != ":" }
            return name.isEmpty ? nil : String(name)
        }
        if let name = word(after: "Setting up ") {
            self = .configuring(package: name)
        } else if let name = word(after: "Processing triggers for ") {
            self = .triggered(package: name)
        } else if let name = word(after: "opencode-docker: preinst of ") {
            self = .preparing(package: name)
        } else if line.hasPrefix("opencode-docker: ") {
            self = .program(doing: String(line.dropFirst("opencode-docker: ".count)))
        } else {
            return nil
        }
    }

    /// The maintainer script below `/var/lib/dpkg/info`, without the architecture of multi-arch packages; `nil` for the
    /// configure program.
    package var script: (package: String, name: String)? {
        switch self {
        case .configuring(let package), .triggered(let package): (package, "postinst")
        case .preparing(let package): (package, "preinst")
        case .program: nil
        }
    }
}
