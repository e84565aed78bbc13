// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Glibc
import Synchronization
import SystemPackage

/// Records when each script began during the configure step, so that files of the state layers can be attributed to
/// scripts.
///
/// dpkg prints "Setting up NAME" before it runs NAME's script, and each file has its ctime: the script that ran at that
/// time wrote it. Lines arrive through pipes slightly late; `ScriptFinder` compensates for that.
package final class ConfigureTracer: Sendable {
    /// The script or program that ran.
    package enum Worker: Hashable, Sendable {
        /// The `postinst` of a package that is set up.
        case configuring(package: String)
        /// The `postinst` of a package that processes triggers.
        case triggered(package: String)
        /// The `preinst` of a package.
        case preparing(package: String)
        /// The configure program itself, with its last message.
        case program(doing: String)
    }

    /// A file that a layer cannot contain.
    struct UnfitFile {
        /// The path, with a replacement character for each byte that is not UTF-8.
        let path: ArchivePath
        /// The reason why a layer cannot contain it.
        let flaw: Flaw

        /// A reason why a layer cannot contain a file.
        enum Flaw {
            /// Its name is not UTF-8.
            case notText
            /// Its name begins with the whiteout prefix (OCI image-spec, layer.md "Whiteouts").
            case whiteout
            /// It is a device, a socket or a pipe.
            case special
        }
    }

    /// The maximum number of recorded lines: a script may print such lines endlessly.
    private static let limit = 100_000

    private let now: @Sendable () -> Int64
    private let notes = Mutex<(events: [WorkingTimes.Event], changes: [ArchivePath: Int64])>(([], [:]))

    /// Creates a tracer with a clock.
    ///
    /// - Parameter now: Nanoseconds since 1970, from the clock that the kernel uses for file times.
    package init(now: @escaping @Sendable () -> Int64) { self.now = now }

    /// The recorded events.
    var events: [WorkingTimes.Event] { notes.withLock { $0.events } }

    /// The time of the last change of the file at `path`; nil when the step left no such file.
    func change(of path: ArchivePath) -> Int64? { notes.withLock { $0.changes[path] } }

    /// Records the worker that starts, as reported by a line of the step.
    func hear(_ worker: Worker) {
        let event = WorkingTimes.Event(time: now(), worker: worker)
        notes.withLock { notes in
            if notes.events.count < Self.limit { notes.events.append(event) }
        }
    }

    /// Records the change time of each file below `upper`, and returns the first file that a layer cannot contain.
    ///
    /// - Throws: `FileError`, `ArchiveError`.
    func look(at upper: FilePath) throws -> UnfitFile? {
        var unfit: UnfitFile?
        var changes: [ArchivePath: Int64] = [:]
        var waiting: [ArchivePath] = [.root]
        while let directory = waiting.popLast() {
            let place = directory.isRoot ? upper : upper.pushing(FilePath(directory.string))
            for name in try Files.list(place) {
                let path = try directory.appending(name)
                let file = place.appending(name)
                // A name with replaced bytes is not found in the file system.
                let isText = !name.unicodeScalars.contains("\u{FFFD}") || Files.exists(file)
                let status = try Files.status(of: isText ? file : place)
                if let flaw = Self.flaw(of: name, isText: isText, status) {
                    unfit = unfit ?? UnfitFile(path: path, flaw: flaw)
                }
                changes[path] = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
                if isText, status.st_mode & S_IFMT == S_IFDIR { waiting.append(path) }
            }
        }
        notes.withLock { [changes] in $0.changes = changes }
        return unfit
    }

    private static func flaw(of name: String, isText: Bool, _ status: stat) -> UnfitFile.Flaw? {
        if !isText { return .notText }
        if name.hasPrefix(".wh.") { return .whiteout }
        switch status.st_mode & S_IFMT {
        case S_IFREG, S_IFDIR, S_IFLNK: return nil
        // The whiteout of an overlay file system.
        case S_IFCHR where status.st_rdev == 0: return nil
        default: return .special
        }
    }
}

extension ConfigureTracer.Worker {
    /// Parses the lines of dpkg and the configure program that mark the start of a script; returns nil for other lines.
    init?(line: String) {
        // The unfinished output of a script may precede it on the line.
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

    /// The maintainer script below `/var/lib/dpkg/info`, without the architecture of multi-arch packages; nil for the
    /// configure program.
    package var script: (package: String, name: String)? {
        switch self {
        case .configuring(let package), .triggered(let package): (package, "postinst")
        case .preparing(let package): (package, "preinst")
        case .program: nil
        }
    }
}
