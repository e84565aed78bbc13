// SPDX-License-Identifier: Apache-2.0

/// The changelog of a source package, deb-changelog(5): what its maintainers say of each version, newest first.
///
/// Read as leniently as dpkg reads it: the history of twenty years has lines that no rule foresaw. What stands in a
/// place where it is not understood counts as text of the entry above it.
package struct DebianChangelog: Sendable, Hashable {
    /// What was said of one version.
    package struct Entry: Sendable, Hashable {
        /// The source. It may differ from entry to entry: packages are renamed.
        package let source: PackageName
        /// The version.
        package let version: DebianVersion
        /// Where it was uploaded to, such as "bookworm-security".
        package let distributions: [String]
        /// How urgent it is, such as "medium"; `nil` when it is not said.
        package let urgency: String?
        /// Whether only packages were built again, and the source is the same (`binary-only=yes`).
        package let isBinaryOnly: Bool
        /// The lines of text, without their ends; the lines before and after it are left out.
        package internal(set) var lines: [String]
    }

    /// The most bytes of a changelog; the kernel's, the longest of all, has 3 MB.
    package static let limit = 1 << 25
    /// The entries as they stand, newest first.
    package internal(set) var entries: [Entry] = []
    /// Whether older entries were removed (dh_installchangelogs(1)), or could not be understood.
    package internal(set) var isTrimmed = false

    /// The place of the entry of `version`, by dpkg's order.
    package func index(of version: DebianVersion) -> Int? {
        entries.firstIndex { $0.version.order(to: version) == 0 }
    }
}

extension DebianChangelog {
    /// Reads a changelog; `file` is what it is called in errors.
    ///
    /// - Throws: `DebianError.tooLarge`; `.malformedControl` when it does not begin with an entry.
    package init(parsing bytes: [UInt8], file: String) throws(DebianError) {
        guard bytes.count <= Self.limit else { throw .tooLarge(file: file, limit: Self.limit) }
        // Old entries are not always UTF-8; nothing that is looked for is affected.
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
            // The first line says what the file is. Below, a heading that cannot be read hides a version.
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
    /// Reads `source (version) distribution…; key=value, …`; `nil` when it is something else.
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
