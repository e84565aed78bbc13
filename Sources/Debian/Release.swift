// SPDX-License-Identifier: Apache-2.0

import Core

/// The contents of the release file of one suite (Debian wiki, DebianRepository/Format).
package struct Release: Hashable, Sendable {
    /// One file that the release lists.
    package struct File: Hashable, Sendable {
        /// The digest of the file.
        package let digest: Digest
        /// The size of the file in bytes.
        package let size: UInt64
    }

    /// The release's codename, such as `bookworm-security`; unlike `Suite` it does not change over time. Empty when a
    /// repository's file does not have it.
    package let codename: String
    /// The suite name, which changes between releases; empty when the file does not have it.
    package let suite: String
    /// The creation time of the file.
    package let date: Timestamp
    /// The expiry time; only security archives have one.
    package let validUntil: Timestamp?
    /// Whether files can be requested by their digest, which is safe against concurrent updates.
    package let acquireByHash: Bool
    /// The files by their path below the suite.
    package let files: [String: File]

    /// Parses the signed contents of a release file.
    ///
    /// - Parameters:
    ///   - file: The file's name in errors.
    ///   - isDebian: Whether it is from Debian, whose release files always have a codename.
    /// - Throws: `DebianError`.
    package init(parsing bytes: [UInt8], file: String, isDebian: Bool = true) throws(DebianError) {
        guard bytes.count <= Release.limit else { throw .tooLarge(file: file, limit: Release.limit) }
        let paragraphs = try ControlParagraph.parse(bytes, file: file)
        guard let fields = paragraphs.first, paragraphs.count == 1 else { throw .truncated(file: file) }
        codename = isDebian ? try fields.required("Codename", file: file) : fields["Codename"] ?? ""
        suite = fields["Suite"] ?? ""
        date = try Release.time("Date", try fields.required("Date", file: file), file, fields.line)
        validUntil = try fields["Valid-Until"].map { text throws(DebianError) in
            try Release.time("Valid-Until", text, file, fields.line)
        }
        acquireByHash = fields["Acquire-By-Hash"] == "yes"
        files = try Release.files(try fields.required("SHA256", file: file), file: file, line: fields.line)
    }

    /// The maximum size of a release file in bytes.
    package static let limit = 1 << 24

    private static func time(
        _ field: String, _ text: String, _ file: String, _ line: Int
    ) throws(DebianError) -> Timestamp {
        guard let time = Timestamp(release: text) else {
            throw .malformedField(field, value: String(text.prefix(80)), file: file, line: line)
        }
        return time
    }

    /// Parses lines of `digest size path`.
    private static func files(_ text: String, file: String, line: Int) throws(DebianError) -> [String: File] {
        var files: [String: File] = [:]
        for entry in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let words = entry.split(separator: UInt8(ascii: " "))
            guard words.count == 3, let digest = try? Digest(hex: String(words[0]) ?? ""),
                let size = UInt64(String(words[1]) ?? ""), let path = String(words[2])
            else {
                throw .malformedField("SHA256", value: String(String(entry)?.prefix(120) ?? ""), file: file, line: line)
            }
            files[path] = File(digest: digest, size: size)
        }
        return files
    }
}

extension Release {
    /// The file at a path below the suite; a flat repository may prefix paths with `./`.
    package subscript(path: String) -> File? { files[path] ?? files["./\(path)"] }

    /// The codename to check a repository's file against: its own, when the file names the suite differently or not at
    /// all.
    package func codename(ofRepository suite: String) -> String {
        let names = [codename, self.suite].filter { !$0.isEmpty }
        // The directory of a flat repository is not a suite.
        return suite.hasSuffix("/") || names.isEmpty || names.contains(suite) ? codename : suite
    }

    /// Checks that this is the requested release and that it is current.
    ///
    /// - Parameters:
    ///   - now: The current time.
    ///   - notBefore: The date of the release file that the lock was made from.
    ///   - allowExpired: Whether an expired release is accepted: mirrors can be snapshots.
    /// - Throws: `DebianError.wrongCodename`, `.expired`, `.rolledBack`, `.notYetValid`.
    package func check(
        codename expected: String, file: String, now: Timestamp, notBefore: Timestamp? = nil,
        allowExpired: Bool = false
    ) throws(DebianError) {
        guard codename == expected else { throw .wrongCodename(file: file, expected: expected, actual: codename) }
        if let notBefore, date < notBefore {
            throw .rolledBack(file: file, date: date.description, locked: notBefore.description)
        }
        if let validUntil, validUntil < now, !allowExpired {
            throw .expired(file: file, validUntil: validUntil.description)
        }
        // Clocks may be slightly wrong; apt allows ten seconds, a wrong time zone would be hours.
        if date.seconds > now.seconds + 600 { throw .notYetValid(file: file, date: date.description) }
    }
}
