// SPDX-License-Identifier: Apache-2.0

import Core

/// What a release file says about one suite of an archive (Debian wiki, DebianRepository/Format).
package struct Release: Hashable, Sendable {
    /// One file the release vouches for.
    package struct File: Hashable, Sendable {
        /// The digest of the file.
        package let digest: Digest
        /// Bytes of the file.
        package let size: UInt64
    }

    /// The release's own name, `bookworm-security`; unlike `Suite` it stays when the release grows old. Empty where a
    /// repository's file does not say it.
    package let codename: String
    /// The name that wanders from release to release; empty where the file does not say it.
    package let suite: String
    /// When the file was made.
    package let date: ArchiveTime
    /// The moment from which the file says nothing more; only security archives have one.
    package let validUntil: ArchiveTime?
    /// Whether files can be asked for by their digest, so that an update in between does no harm.
    package let acquireByHash: Bool
    /// Files by their path below the suite.
    package let files: [String: File]

    /// Parses the signed contents of a release file.
    ///
    /// - Parameters:
    ///   - file: What it is called in errors.
    ///   - isDebian: Whether it is Debian's own, which always has a codename.
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

    /// The most bytes a release file may have.
    package static let limit = 1 << 24

    private static func time(
        _ field: String, _ text: String, _ file: String, _ line: Int
    ) throws(DebianError) -> ArchiveTime {
        guard let time = ArchiveTime(release: text) else {
            throw .malformedField(field, value: String(text.prefix(80)), file: file, line: line)
        }
        return time
    }

    /// Lines of `digest size path`.
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
    /// The file at a path below the suite; a flat repository may write `./` before it.
    package subscript(path: String) -> File? { files[path] ?? files["./\(path)"] }

    /// The codename to check a repository's file with: its own where it names the suite in another way, or in none.
    package func codename(ofRepository suite: String) -> String {
        let names = [codename, self.suite].filter { !$0.isEmpty }
        // A directory with its index beside the release file is no suite.
        return suite.hasSuffix("/") || names.isEmpty || names.contains(suite) ? codename : suite
    }

    /// Checks that this is the release that was asked for, and of our time.
    ///
    /// - Parameters:
    ///   - now: The time it is.
    ///   - notBefore: The date of the release file that the lock was made from.
    ///   - allowExpired: Whether a release whose validity is over will do: mirrors can be snapshots.
    /// - Throws: `DebianError.wrongCodename`, `.expired`, `.rolledBack`, `.notYetValid`.
    package func check(
        codename expected: String, file: String, now: ArchiveTime, notBefore: ArchiveTime? = nil,
        allowExpired: Bool = false
    ) throws(DebianError) {
        guard codename == expected else { throw .wrongCodename(file: file, expected: expected, actual: codename) }
        if let notBefore, date < notBefore {
            throw .rolledBack(file: file, date: date.description, locked: notBefore.description)
        }
        if let validUntil, validUntil < now, !allowExpired {
            throw .expired(file: file, validUntil: validUntil.description)
        }
        // A clock may be a little wrong; apt allows ten seconds, time zones set badly are hours.
        if date.seconds > now.seconds + 600 { throw .notYetValid(file: file, date: date.description) }
    }
}
