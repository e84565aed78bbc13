// SPDX-License-Identifier: Apache-2.0

/// The changelog of a source package, deb-changelog(5): an entry for each version, newest first.
///
/// Parsed as leniently as dpkg does: changelogs of twenty years contain irregular lines. Text that is not understood
/// counts as text of the entry above it.
package struct DebianChangelog: Sendable, Hashable {
    /// The entry of one version.
    package struct Entry: Sendable, Hashable {
        /// The source. It may differ between entries: packages are renamed.
        package let source: PackageName
        /// The version.
        package let version: DebianVersion
        /// The target distributions of the upload, such as "bookworm-security".
        package let distributions: [String]
        /// The urgency, such as "medium"; nil when it is missing.
        package let urgency: String?
        /// Whether only binary packages were rebuilt from the same source (`binary-only=yes`).
        package let isBinaryOnly: Bool
        /// The lines of text, without line ends and without leading and trailing empty lines.
        package internal(set) var lines: [String]
    }

    /// The maximum size of a changelog in bytes; the longest, the kernel's, has 3 MB.
    package static let limit = 1 << 25
    /// The entries in the order of the file, newest first.
    package internal(set) var entries: [Entry] = []
    /// Whether older entries were removed (dh_installchangelogs(1)), or could not be parsed.
    package internal(set) var isTrimmed = false

    /// The index of the entry of `version`, compared in dpkg's order.
    package func index(of version: DebianVersion) -> Int? {
        entries.firstIndex { $0.version.order(to: version) == 0 }
    }
}

extension DebianChangelog {
    /// Parses a changelog; `file` is the name in errors.
    ///
    /// - Throws: `DebianError.tooLarge`; `.malformedControl` when it does not begin with an entry.
    package init(parsing bytes: [UInt8], file: String) throws(DebianError) {
        guard bytes.count <= Self.limit else { throw .tooLarge(file: file, limit: Self.limit) }
        // Old entries are not always UTF-8, which does not affect the parsed parts.
        for line in bytes.split(separator: UInt8(ascii: "\n")) { take(line) }
        guard !entries.isEmpty else {
            throw .malformedControl(file: file, line: 1, reason: "expected 'source (version) distribution; urgency=…'")
        }
    }

    private mutating func take(_ line: ArraySlice<UInt8>) {
        let line = trimmedRight(line)
        guard let first = line.first else { return }
        switch first {
        case UInt8(ascii: "#"):
            if line.starts(with: "# Older entries have been removed".utf8) { isTrimmed = true }
        case UInt8(ascii: " ") where line.starts(with: " -- ".utf8): break
        default:
            // The first line identifies the file. Below it, an invalid heading hides a version.
            if let entry = Entry(heading: line) {
                entries.append(entry)
            } else if !entries.isEmpty {
                if isAlphanumeric(first), line.contains(UInt8(ascii: ";")), line.contains(UInt8(ascii: "(")) {
                    isTrimmed = true
                }
                entries[entries.count - 1].lines.append(String(decoding: line, as: UTF8.self))
            }
        }
    }
}

extension DebianChangelog.Entry {
    /// Parses `source (version) distribution…; key=value, …`; returns nil for other lines.
    fileprivate init?(heading line: ArraySlice<UInt8>) {
        guard line.count <= 1024, line.first.map(isAlphanumeric) == true,
            let open = line.firstIndex(of: UInt8(ascii: "(")), let close = line.firstIndex(of: UInt8(ascii: ")")),
            open < close, let semicolon = line[close...].firstIndex(of: UInt8(ascii: ";")),
            let source = try? PackageName(Self.text(trimmed(line[..<open])).lowercased()),
            let version = try? DebianVersion(Self.text(trimmed(line[(open + 1)..<close])))
        else { return nil }
        let words = line[(close + 1)..<semicolon].split(whereSeparator: isSpace).map { Self.text($0) }
        guard !words.isEmpty else { return nil }
        let settings = Self.settings(line[(semicolon + 1)...])
        self.init(
            source: source, version: version, distributions: words, urgency: settings["urgency"],
            isBinaryOnly: settings["binary-only"] == "yes", lines: [])
    }

    private static func settings(_ text: ArraySlice<UInt8>) -> [String: String] {
        let pairs = text.split(separator: UInt8(ascii: ",")).compactMap { part -> (String, String)? in
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let (key, value) = (trimmed(part[..<equals]), trimmed(part[(equals + 1)...]))
            return (Self.text(key).lowercased(), Self.text(value.prefix { !isSpace($0) }).lowercased())
        }
        return Dictionary(pairs) { first, _ in first }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
