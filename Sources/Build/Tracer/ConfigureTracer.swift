// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Glibc
import Synchronization
import SystemPackage

/// Notes who was at work when during the configure step, so that a file of the state layers can be told from whom it
/// is.
///
/// dpkg says "Setting up NAME" before it runs NAME's script, and each file has the time of its last change of status:
/// the script is the one at work then. Lines come through pipes, a little late; `ScriptFinder` makes up for it.
package final class ConfigureTracer: Sendable {
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

    /// A name that no layer can have.
    struct UnfitName {
        /// Where it is, with a replacement for each byte that is no text.
        let path: ArchivePath
        /// Whether it is UTF-8, and only begins as whiteouts do (OCI image-spec, layer.md "Whiteouts").
        let isText: Bool
    }

    /// The most lines that are taken note of: a script may print such lines without end.
    private static let limit = 100_000

    private let now: @Sendable () -> Int64
    private let notes = Mutex<(events: [WorkingTimes.Event], changes: [ArchivePath: Int64])>(([], [:]))

    /// A tracer with a clock.
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
        notes.withLock { notes in
            if notes.events.count < Self.limit { notes.events.append(event) }
        }
    }

    /// Takes note of when each file below `upper` was changed, and gives the first name that no layer can have.
    ///
    /// - Throws: `FileError`, `ArchiveError`.
    func look(at upper: FilePath) throws -> UnfitName? {
        var unfit: UnfitName?
        var changes: [ArchivePath: Int64] = [:]
        var waiting: [ArchivePath] = [.root]
        while let directory = waiting.popLast() {
            let place = directory.isRoot ? upper : upper.pushing(FilePath(directory.string))
            for name in try Files.list(place) {
                let path = try directory.appending(name)
                let file = place.appending(name)
                // What is not UTF-8 was replaced, and is not found by that name.
                let isText = !name.unicodeScalars.contains("\u{FFFD}") || Files.exists(file)
                if !isText || name.hasPrefix(".wh.") { unfit = unfit ?? UnfitName(path: path, isText: isText) }
                let status = try Files.status(of: isText ? file : place)
                changes[path] = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
                if isText, status.st_mode & S_IFMT == S_IFDIR { waiting.append(path) }
            }
        }
        notes.withLock { [changes] in $0.changes = changes }
        return unfit
    }
}

extension ConfigureTracer.Worker {
    /// Reads what dpkg and the configure program print when somebody begins; `nil` for any other line.
    init?(line: String) {
        // Before it in the line may stand what a script writes in pieces.
        func word(after phrase: String) -> String? {
            guard line.mayHave(phrase), let found = line.firstRange(of: phrase) else { return nil }
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
