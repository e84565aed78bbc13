// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage

/// A file that a launcher keeps locked while it runs. One that is there without a lock is of a launcher that was killed:
/// only then is an engine asked for containers that lost theirs, which takes as long as starting one.
package final class LaunchRecord: Sendable {
    private let path: FilePath
    private let file: FileDescriptor

    /// Notes a launch with `engine` in `folder`.
    ///
    /// - Throws: `FileError`.
    package init(engine: EngineKind, in folder: FilePath) throws {
        try Files.makeDirectories(folder)
        path = folder.appending("\(engine.rawValue)-\(Files.uniqueSuffix())")
        file = try naming("create", path) { [path] in
            try FileDescriptor.open(
                path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: [.ownerReadWrite])
        }
        flock(file.rawValue, LOCK_EX)
    }

    /// The launch is over.
    package func remove() {
        unlink(path.string)
        try? file.close()
    }

    /// The records of launchers with `engine` that were killed.
    package static func orphans(engine: EngineKind, in folder: FilePath) -> [FilePath] {
        ((try? Files.list(folder)) ?? []).filter { $0.hasPrefix("\(engine.rawValue)-") }.map(folder.appending).filter {
            guard let file = try? FileDescriptor.open($0, .readWrite, options: .closeOnExec) else { return false }
            defer { try? file.close() }
            return flock(file.rawValue, LOCK_EX | LOCK_NB) == 0
        }
    }
}
