// SPDX-License-Identifier: Apache-2.0

import Core
import FoundationEssentials
import OCI
import SystemPackage

/// Files that appear whole or not at all, in a directory that is not committed.
package protocol JournalFiles: Sendable {
    /// The bytes of a file; `nil` where there is none.
    func read(_ name: String) throws -> [UInt8]?
    /// Replaces a file: written beside its place, synchronised, renamed.
    func write(_ bytes: [UInt8], _ name: String) throws
    /// Removes all of them.
    func removeAll() throws
}

/// `JournalFiles` in a directory.
package struct JournalDirectory: JournalFiles {
    private let directory: FilePath

    /// The journal in `directory`, which is made when something is written.
    package init(_ directory: FilePath) { self.directory = directory }

    /// At most 16 MiB are read.
    package func read(_ name: String) throws -> [UInt8]? {
        let path = directory.appending(name)
        return Files.exists(path) ? try Files.read(path, limit: 1 << 24) : nil
    }

    /// Readable for its owner only.
    package func write(_ bytes: [UInt8], _ name: String) throws {
        try Files.makeDirectories(directory)
        try Files.write(bytes, to: directory.appending(name), mode: [.ownerReadWrite])
    }

    /// Removes the directory.
    package func removeAll() throws { try Files.removeTree(directory) }
}

/// What this machine remembers of a release that is not published yet.
///
/// No step needs it: each can be repeated from the plan alone, on any machine. It keeps the plan that was begun, saves
/// what is slow (a green verification of the same image), and catches what must not differ (the digest of a rebuild).
struct ReleaseJournal: Sendable {
    let files: any JournalFiles

    /// Begins with `plan`, or goes on with it. What was noted of another plan is gone then, and what was noted of the
    /// same one when other images were asked for: what was shown of those says nothing about these.
    func begin(_ plan: ReleasePlan, choices: [String]) throws {
        let documents = [
            ("plan.json", try CanonicalJSON.encode(plan)), ("choices.json", try CanonicalJSON.encode(choices)),
        ]
        if try documents.allSatisfy({ try files.read($0) == $1 }) { return }
        try files.removeAll()
        for (name, bytes) in documents { try files.write(bytes, name) }
    }

    /// Notes a value for `step`.
    func note(_ value: some Encodable, of step: String) throws {
        let bytes = try CanonicalJSON.encode(value)
        if try files.read("\(step).json") == bytes { return }
        try files.write(bytes, "\(step).json")
    }

    /// What was noted for `step`; `nil` when nothing was, or nothing that this program reads.
    func noted<Value: Decodable>(_ type: Value.Type, of step: String) throws -> Value? {
        guard let bytes = try files.read("\(step).json") else { return nil }
        return try? JSONDecoder().decode(type, from: Data(bytes))
    }

    /// Ends: the release is published, and the git tag knows everything.
    func end() throws { try files.removeAll() }
}
