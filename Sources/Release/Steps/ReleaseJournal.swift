// SPDX-License-Identifier: Apache-2.0

import Core
import FoundationEssentials
import OCI
import SystemPackage

/// Files that are replaced atomically, in an untracked directory.
package protocol JournalFiles: Sendable {
    /// The bytes of a file; `nil` when it does not exist.
    func read(_ name: String) throws -> [UInt8]?
    /// Replaces a file: writes a temporary file, synchronises and renames it.
    func write(_ bytes: [UInt8], _ name: String) throws
    /// Removes all of them.
    func removeAll() throws
}

/// `JournalFiles` in a directory.
package struct JournalDirectory: JournalFiles {
    private let directory: FilePath

    /// The journal in `directory`, which the first write creates.
    package init(_ directory: FilePath) { self.directory = directory }

    /// The limit is 16 MiB.
    package func read(_ name: String) throws -> [UInt8]? {
        let path = directory.appending(name)
        return Files.exists(path) ? try Files.read(path, limit: 1 << 24) : nil
    }

    /// Readable by its owner only.
    package func write(_ bytes: [UInt8], _ name: String) throws {
        try Files.makeDirectories(directory)
        try Files.write(bytes, to: directory.appending(name), mode: [.ownerReadWrite])
    }

    /// Removes the directory.
    package func removeAll() throws { try Files.removeTree(directory) }
}

/// This machine's record of an unpublished release.
///
/// No step depends on it: each can be repeated from the plan alone, on any machine. It keeps the plan, saves slow work
/// (a green verification of the same image), and detects a rebuild with another digest.
struct ReleaseJournal: Sendable {
    let files: any JournalFiles

    /// Starts or continues `plan`. Notes of another plan are removed, and notes of the same plan for other images too.
    func begin(_ plan: ReleasePlan, choices: [String]) throws {
        let documents = [
            ("plan.json", try CanonicalJSON.encode(plan)), ("choices.json", try CanonicalJSON.encode(choices)),
        ]
        if try documents.allSatisfy({ try files.read($0) == $1 }) { return }
        try files.removeAll()
        for (name, bytes) in documents { try files.write(bytes, name) }
    }

    /// Records a value for `step`.
    func note(_ value: some Encodable, of step: String) throws {
        let bytes = try CanonicalJSON.encode(value)
        if try files.read("\(step).json") == bytes { return }
        try files.write(bytes, "\(step).json")
    }

    /// The recorded value for `step`; `nil` when there is none that can be parsed.
    func noted<Value: Decodable>(_ type: Value.Type, of step: String) throws -> Value? {
        guard let bytes = try files.read("\(step).json") else { return nil }
        return try? JSONDecoder().decode(type, from: Data(bytes))
    }

    /// Removes the record of a published release; the git tag contains everything.
    func end() throws { try files.removeAll() }
}
