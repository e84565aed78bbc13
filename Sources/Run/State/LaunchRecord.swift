// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Foundation
import Glibc
import SystemPackage

/// An engine, and the environment variables by which its program finds its containers.
package struct EnginePlace: Hashable, Sendable {
    /// The engine.
    package let engine: EngineKind
    /// The variables, by name.
    package let variables: [String: String]

    /// Creates a place.
    package init(_ engine: EngineKind, variables: [String: String]) {
        self.engine = engine
        self.variables = variables
    }
}

/// A file that a launcher keeps locked while its container runs. An unlocked file belongs to a killed launcher: only
/// then is an engine queried for abandoned containers, which takes as long as starting one.
package final class LaunchRecord: Sendable {
    private let file: HeldFile

    /// The directory of a user's records, independent of the state directory: it is beside the locks and is lost with a
    /// reboot, as the containers are. It is created when missing.
    ///
    /// - Parameter places: The possible parents; the first sticky directory of root is used.
    /// - Returns: `nil` when there is no such place, or another user owns the directory.
    package static func directory(of user: UInt32, places: [FilePath] = ProjectLock.places) -> FilePath? {
        guard let directory = ProjectLock.place(among: places)?.appending("opencode-docker-\(user)") else { return nil }
        mkdir(directory.string, 0o700)
        var status = stat()
        guard lstat(directory.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == user,
            status.st_mode & 0o077 == 0
        else { return nil }
        return directory
    }

    /// Records a launch in `directory`.
    ///
    /// - Parameters:
    ///   - repositories: The directories whose guard the container needs.
    ///   - boot: The kernel's `boot_id` (random(4)).
    /// - Throws: `FileError`.
    package init(at place: EnginePlace, repositories: Set<FileIdentity>, boot: String, in directory: FilePath) throws {
        try Files.makeDirectories(directory)
        let content = KilledLaunch.Content(
            boot: boot, repositories: repositories.map(\.text), variables: place.variables)
        file = try HeldFile(
            Array(try JSONEncoder().encode(content)),
            at: directory.appending("\(place.engine.rawValue)-\(Files.uniqueSuffix())"))
    }

    /// Removes the record after the launch.
    package func remove() { file.remove() }

    /// The launches of killed launchers, by engine.
    package static func killed(in directory: FilePath) -> [KilledLaunch] {
        EngineKind.allCases.flatMap { engine in
            HeldFile.left(in: directory, prefix: "\(engine.rawValue)-").map { KilledLaunch($0, engine) }
        }
    }
}

/// The record of a killed launcher, whose container may still run.
package struct KilledLaunch: Sendable {
    struct Content: Codable {
        let boot: String
        let repositories: [String]
        let variables: [String: String]
    }

    /// The engine of the container.
    package let place: EnginePlace
    private let file: HeldFile
    private let content: Content?

    init(_ file: HeldFile, _ engine: EngineKind) {
        content = try? JSONDecoder().decode(Content.self, from: Data(file.bytes))
        place = EnginePlace(engine, variables: content?.variables ?? [:])
        self.file = file
    }

    /// Whether the container may still run; it ends with a reboot.
    ///
    /// - Parameter boot: The kernel's current `boot_id`.
    package func mayRun(boot: String) -> Bool { content.map { $0.boot == boot } ?? true }

    /// Whether the container may still run and needs the guard of that repository.
    package func mayHold(_ repository: FileIdentity, boot: String) -> Bool {
        mayRun(boot: boot) && content.map { $0.repositories.contains(repository.text) } ?? true
    }

    /// Removes the record after the container's end.
    package func remove() { file.remove() }
}

extension FileIdentity {
    /// Device and inode in decimal.
    fileprivate var text: String { "\(device):\(inode)" }
}
