// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Foundation
import Glibc
import SystemPackage

/// An engine, and the variables by which its program finds its containers.
package struct EnginePlace: Hashable, Sendable {
    /// The engine.
    package let engine: EngineKind
    /// The variables, by name.
    package let variables: [String: String]

    /// A place.
    package init(_ engine: EngineKind, variables: [String: String]) {
        self.engine = engine
        self.variables = variables
    }
}

/// A file that a launcher keeps locked while its container runs. One that is there without a lock is of a launcher that
/// was killed: only then is an engine asked for containers that lost theirs, which takes as long as starting one.
package final class LaunchRecord: Sendable {
    private let file: HeldFile

    /// The directory of a user's records, whatever the state directory: it is beside the locks and ends with the
    /// machine's boot, as the containers do. It is made where it is not there.
    ///
    /// - Parameter places: Where it may be; the first that is a sticky directory of root's counts.
    /// - Returns: `nil` where there is no such place, or another user took the name.
    package static func directory(of user: UInt32, places: [FilePath] = ProjectLock.places) -> FilePath? {
        guard let directory = ProjectLock.place(among: places)?.appending("opencode-docker-\(user)") else { return nil }
        mkdir(directory.string, 0o700)
        var status = stat()
        guard lstat(directory.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == user,
            status.st_mode & 0o077 == 0
        else { return nil }
        return directory
    }

    /// Notes a launch in `directory`.
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

    /// The launch is over.
    package func remove() { file.remove() }

    /// The launches whose launchers were killed, by engine.
    package static func killed(in directory: FilePath) -> [KilledLaunch] {
        EngineKind.allCases.flatMap { engine in
            HeldFile.left(in: directory, prefix: "\(engine.rawValue)-").map { KilledLaunch($0, engine) }
        }
    }
}

/// The record of a launcher that was killed: its container may still run.
package struct KilledLaunch: Sendable {
    struct Content: Codable {
        let boot: String
        let repositories: [String]
        let variables: [String: String]
    }

    /// Where the container was started.
    package let place: EnginePlace
    private let file: HeldFile
    private let content: Content?

    init(_ file: HeldFile, _ engine: EngineKind) {
        content = try? JSONDecoder().decode(Content.self, from: Data(file.bytes))
        place = EnginePlace(engine, variables: content?.variables ?? [:])
        self.file = file
    }

    /// Whether the container may still run: with the machine's boot, it ended.
    ///
    /// - Parameter boot: The kernel's `boot_id` now.
    package func mayRun(boot: String) -> Bool { content.map { $0.boot == boot } ?? true }

    /// Whether the container may still run, and needs the guard of that repository.
    package func mayHold(_ repository: FileIdentity, boot: String) -> Bool {
        mayRun(boot: boot) && content.map { $0.repositories.contains(repository.text) } ?? true
    }

    /// The container is gone.
    package func remove() { file.remove() }
}

extension FileIdentity {
    /// Device and inode, in decimal digits.
    fileprivate var text: String { "\(device):\(inode)" }
}
