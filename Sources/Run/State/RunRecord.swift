// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage

/// The beginning of a run, kept in the project's state, which no container sees: a launcher that is killed cannot report what
/// changed, so the next one does.
package final class RunRecord: Sendable {
    private static let prefix = "run-"
    private let file: HeldFile

    fileprivate struct Content: Codable {
        let seconds: Int64
        let nanoseconds: Int64
        let written: [String]
    }

    /// Notes a run that begins at `start`.
    ///
    /// - Parameter written: The directories that the container can write.
    /// - Throws: `FileError`.
    package init(since start: Moment, written: [FilePath], in state: StateFolder) throws {
        let content = Content(
            seconds: start.seconds, nanoseconds: start.nanoseconds, written: written.map(\.string))
        file = try HeldFile(
            Array(try JSONEncoder().encode(content)), at: state.path.appending(Self.prefix + Files.uniqueSuffix()))
    }

    /// What changed was reported.
    package func remove() { file.remove() }

    /// The runs whose launchers were killed and which nobody else reports.
    package static func killed(in state: StateFolder) -> [KilledRun] {
        HeldFile.left(in: state.path, prefix: prefix, alone: true).map(KilledRun.init)
    }
}

/// A run whose launcher was killed before it reported.
package struct KilledRun: Sendable {
    /// When it began; `nil` where the record cannot be read.
    package let start: Moment?
    /// The directories that the container could write.
    package let written: [FilePath]
    private let file: HeldFile

    fileprivate init(_ file: HeldFile) {
        let content = try? JSONDecoder().decode(RunRecord.Content.self, from: Data(file.bytes))
        start = content.map { Moment(seconds: $0.seconds, nanoseconds: $0.nanoseconds) }
        written = content?.written.map { FilePath($0) } ?? []
        self.file = file
    }

    /// What changed was reported.
    package func remove() { file.remove() }
}
