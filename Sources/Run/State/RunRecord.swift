// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage

/// The record of a running launcher, stored where no container sees it: a killed launcher cannot report changes, so the
/// next one does. It is stored in the project's state, which survives a reboot, and in the user's directory of records
/// by the project's identity: there it survives the removal of the state, and a start with another state directory
/// finds it.
package final class RunRecord: Sendable {
    private static let prefix = "run-"
    private let files: [HeldFile]

    fileprivate struct Content: Codable {
        let seconds: Int64
        let nanoseconds: Int64
        let written: [String]
    }

    /// Records a run that begins at `start`.
    ///
    /// - Parameters:
    ///   - written: The directories that the container can write to.
    ///   - project: The project's directory.
    ///   - records: The user's directory of records (`LaunchRecord.directory`), if any.
    /// - Throws: `FileError`.
    package init(
        since start: Moment, written: [FilePath], of project: FileIdentity, in state: StateDirectory,
        records: FilePath? = nil
    ) throws {
        let content = Content(
            seconds: start.seconds, nanoseconds: start.nanoseconds, written: written.map(\.string))
        let bytes = Array(try JSONEncoder().encode(content))
        let own = try HeldFile(bytes, at: state.path.appending(Self.prefix + Files.uniqueSuffix()))
        do {
            let shared = try records.map {
                try HeldFile(bytes, at: $0.appending(Self.prefix(of: project) + Files.uniqueSuffix()))
            }
            files = [own, shared].compactMap(\.self)
        } catch {
            own.remove()
            throw error
        }
    }

    private static func prefix(of project: FileIdentity) -> String {
        "\(prefix)\(project.device)-\(project.inode)-"
    }

    /// Removes the record after the report.
    package func remove() { for file in files { file.remove() } }

    /// The runs of killed launchers that no other process reports: those of `state`, and those of `project` with other
    /// states. A run with a record in both places occurs twice.
    package static func killed(
        in state: StateDirectory, of project: FileIdentity? = nil, records: FilePath? = nil
    ) -> [KilledRun] {
        let own = HeldFile.left(in: state.path, prefix: prefix, alone: true)
        guard let project, let records else { return own.map(KilledRun.init) }
        return (own + HeldFile.left(in: records, prefix: prefix(of: project), alone: true)).map(KilledRun.init)
    }
}

/// A run whose launcher was killed before its report.
package struct KilledRun: Sendable {
    /// The beginning; `nil` when the record cannot be read.
    package let start: Moment?
    /// The directories that the container could write to.
    package let written: [FilePath]
    private let file: HeldFile

    fileprivate init(_ file: HeldFile) {
        let content = try? JSONDecoder().decode(RunRecord.Content.self, from: Data(file.bytes))
        start = content.map { Moment(seconds: $0.seconds, nanoseconds: $0.nanoseconds) }
        written = content?.written.map { FilePath($0) } ?? []
        self.file = file
    }

    /// Removes the record after the report.
    package func remove() { file.remove() }
}
