// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import OCI
import Signing
import SystemPackage

/// The verifications on this machine, in a directory of small files that only their owner can read: by repository the
/// highest version and the newest heartbeat, by reference the evidence.
package struct TrustHistory: Sendable {
    /// The record of a repository.
    struct Record: Hashable {
        var highest: SemanticVersion?
        /// The statement of the newest heartbeat, already verified.
        var heartbeat: [UInt8]?
    }

    private static let recordLimit = 256 << 10

    /// The directory, which the first write creates.
    let directory: FilePath

    /// The history in that directory.
    package init(directory: FilePath) { self.directory = directory }

    /// The highest version that was verified in the repository.
    ///
    /// - Throws: `TrustError.damagedRecord`, `FileError`.
    package func highest(of repository: String) throws -> SemanticVersion? { try record(of: repository).highest }

    /// The newest heartbeat that was verified in the repository.
    func heartbeat(of repository: String) throws -> Heartbeat? {
        try record(of: repository).heartbeat.flatMap { bytes in
            (try? Statement(parsing: bytes)).flatMap(Heartbeat.init)
        }
    }

    /// Records a version and a heartbeat, unless higher and newer ones are recorded; safe with concurrent processes.
    func remember(_ version: SemanticVersion?, in repository: String, heartbeat: Heartbeat?) throws {
        try withLock {
            let old = try record(of: repository)
            var new = old
            new.highest = [old.highest, version].compactMap(\.self).max()
            let known = old.heartbeat.flatMap { try? Statement(parsing: $0) }.flatMap(Heartbeat.init)
            if let heartbeat, known.map({ $0.checkedAt < heartbeat.checkedAt }) ?? true {
                new.heartbeat = heartbeat.statement.bytes
            }
            if new != old {
                try Files.write(new.bytes(of: repository), to: recordFile(repository), mode: [.ownerReadWrite])
            }
        }
    }

    /// Stores the evidence for an image, unless it is above the limit for reading it: anyone with write access to the
    /// repository can attach much to an image, and that must not block its users.
    func keep(_ evidence: Evidence, for reference: ImageReference) throws {
        let bytes = evidence.bytes
        guard bytes.count <= Evidence.sizeLimit else { return }
        try prepare()
        try Files.write(bytes, to: evidenceFile(reference), mode: [.ownerReadWrite])
    }

    /// The recorded evidence for an image, or `nil`.
    ///
    /// - Throws: `TrustError.damagedRecord`, `FileError`.
    func evidence(for reference: ImageReference) throws -> Evidence? {
        let file = evidenceFile(reference)
        guard Files.exists(file) else { return nil }
        guard let evidence = Evidence(parsing: try Files.read(file, limit: Evidence.sizeLimit)) else {
            throw TrustError.damagedRecord(file)
        }
        return evidence
    }

    private func record(of repository: String) throws -> Record {
        let file = recordFile(repository)
        guard Files.exists(file) else { return Record() }
        guard let record = Record(parsing: try Files.read(file, limit: Self.recordLimit), repository: repository) else {
            throw TrustError.damagedRecord(file)
        }
        return record
    }

    private func recordFile(_ repository: String) -> FilePath { file(repository, "json") }

    private func evidenceFile(_ reference: ImageReference) -> FilePath { file(reference.description, "evidence.json") }

    /// Names are hashed, so that a tag cannot determine a path.
    private func file(_ name: String, _ suffix: String) -> FilePath {
        directory.appending("\(Digest(of: Array(name.utf8)).hex.prefix(32)).\(suffix)")
    }

    private func prepare() throws {
        try Files.makeDirectories(directory)
        guard chmod(directory.string, 0o700) == 0 else { throw FileError("protect", directory, Errno(rawValue: errno)) }
    }

    private func withLock(_ body: () throws -> Void) throws {
        try prepare()
        let lock = directory.appending("lock")
        let file = try mapErrno("open", lock) {
            try FileDescriptor.open(lock, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
        }
        defer { try? file.close() }
        while flock(file.rawValue, LOCK_EX) != 0 {
            guard errno == EINTR else { throw FileError("lock", lock, Errno(rawValue: errno)) }
        }
        try body()
    }
}

extension TrustHistory.Record {
    fileprivate func bytes(of repository: String) -> [UInt8] {
        var members: [String: JSONValue] = ["version": .integer(1), "repository": .string(repository)]
        if let highest { members["highest"] = .string(highest.description) }
        if let heartbeat { members["heartbeat"] = .string(String(decoding: heartbeat, as: UTF8.self)) }
        return Array(JSONValue.object(members).pretty().utf8)
    }

    fileprivate init?(parsing bytes: [UInt8], repository: String) {
        guard let document = try? JSONValue(parsing: bytes), document["version"] == .integer(1),
            document["repository"] == .string(repository)
        else { return nil }
        if let text = document["highest"]?.string {
            guard let version = try? SemanticVersion(text) else { return nil }
            highest = version
        }
        heartbeat = document["heartbeat"]?.string.map { Array($0.utf8) }
    }
}
